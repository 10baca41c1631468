//! Events: what Exchange fills in, and the occurrences of a series.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::mailbox::{Mailbox, preview};
use super::meeting_blob;
use super::store::{Entity, guid, immutable_id, item_id, parse_item};
use super::time::stamp;
use super::zones;

/// Marks the id of an occurrence, whose day is kept where other ids have their folder.
const OCCURRENCE: u64 = 1 << 40;
/// Property of a series: the days on which it has no occurrence any more.
const CANCELLED: &str = ".cancelled";
/// Property of a series: what is different on some of its days.
const EXCEPTIONS: &str = ".exceptions";
/// No series has more occurrences than this in one view.
const OCCURRENCES: usize = 1000;

fn invalid(message: &str) -> Fault {
    Fault::new(400, "ErrorPropertyValidationFailure", format!("At least one property failed validation. {message}"))
}

/// The moment that a `dateTimeTimeZone` means, and its zone.
///
/// # Errors
/// For a date that cannot be read and a zone that is not known.
pub(crate) fn moment_of(value: &Value) -> Result<(Timestamp, TimeZone), Fault> {
    let name = value["timeZone"].as_str().unwrap_or("UTC");
    let zone = zones::zone(name).ok_or_else(|| bad_zone(name))?;
    let local = value["dateTime"].as_str().ok_or_else(|| invalid("A date and time needs 'dateTime'."))?;
    let moment = zones::moment(local, &zone).ok_or_else(|| invalid(&format!("'{local}' is not a date and time.")))?;
    Ok((moment, zone))
}

pub(crate) fn bad_zone(name: &str) -> Fault {
    Fault::new(
        400,
        "TimeZoneNotSupportedException",
        format!("A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'."),
    )
}

fn printed(moment: Timestamp) -> Value {
    json!({ "dateTime": zones::local(moment, &TimeZone::UTC), "timeZone": "UTC" })
}

/// When a stored event begins, or ends.
pub(crate) fn stored(fields: &Map<String, Value>, name: &str) -> Timestamp {
    let text = fields.get(name).and_then(|value| value["dateTime"].as_str()).unwrap_or_default();
    zones::moment(text, &TimeZone::UTC).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// When an event really begins, or ends. One of whole days is shown with its days as if they were UTC, but takes those
/// of the zone in which it was written.
fn taken(fields: &Map<String, Value>, name: &str) -> Timestamp {
    let shown = stored(fields, name);
    let zone = fields.get("originalStartTimeZone").and_then(Value::as_str).and_then(zones::zone);
    match zone.filter(|_| fields.get("isAllDay") == Some(&Value::Bool(true))) {
        Some(zone) => {
            shown.to_zoned(TimeZone::UTC).datetime().to_zoned(zone).map_or(shown, |moment| moment.timestamp())
        }
        None => shown,
    }
}

/// Checks start and end and turns them into UTC, as Outlook stores them.
///
/// # Errors
/// As Exchange words them.
pub(crate) fn settle_times(fields: &mut Map<String, Value>) -> Result<(), Fault> {
    let all_day = fields.get("isAllDay") == Some(&Value::Bool(true));
    for (name, original) in [("start", "originalStartTimeZone"), ("end", "originalEndTimeZone")] {
        let given = fields.get(name).cloned().unwrap_or(Value::Null);
        let (moment, zone) = moment_of(&given)?;
        if all_day && moment.to_zoned(zone).time() != jiff::civil::Time::midnight() {
            return Err(invalid(&format!(
                "The Event.{name} property for an all-day event needs to be set to midnight."
            )));
        }
        let known = fields.contains_key(original) && given["timeZone"] == "UTC";
        if !known {
            fields.insert(original.into(), given["timeZone"].as_str().unwrap_or("UTC").into());
        }
        fields.insert(
            name.into(),
            if all_day { json!({ "dateTime": day_text(&given), "timeZone": "UTC" }) } else { printed(moment) },
        );
    }
    let (start, end) = (stored(fields, "start"), stored(fields, "end"));
    if end < start {
        return Err(Fault::new(
            400,
            "ErrorCalendarEndDateIsEarlierThanStartDate",
            "The calendar end date is earlier than the start date.",
        ));
    }
    if all_day && end.as_second() - start.as_second() < 86_400 {
        return Err(invalid("The duration of an event marked as All day must be at least 24 hours."));
    }
    if let Some(recurrence) = fields.get("recurrence").filter(|recurrence| !recurrence.is_null()) {
        Series::read(recurrence)?;
    }
    Ok(())
}

/// An all-day event is on its day in every zone.
fn day_text(given: &Value) -> String {
    format!("{}T00:00:00.0000000", given["dateTime"].as_str().unwrap_or_default().get(..10).unwrap_or_default())
}

impl Mailbox {
    /// Adds an event to a calendar; its times are settled already.
    pub(crate) fn add_event(
        &mut self,
        key: u64,
        calendar: u64,
        now: Timestamp,
        uid: &str,
        mut given: Map<String, Value>,
    ) {
        let now = Value::from(stamp(now));
        let body = given
            .remove("body")
            .filter(|body| !body.is_null())
            .unwrap_or_else(|| json!({ "contentType": "text", "content": "" }));
        let series = given.get("recurrence").is_some_and(|recurrence| !recurrence.is_null());
        let online = given.get("isOnlineMeeting") == Some(&Value::Bool(true));
        let join = format!("https://teams.microsoft.example/l/meetup-join/{}", guid(&format!("meeting {uid}")));
        let shown = preview(&body);
        let body = if online { meeting_blob::with(&body, &join) } else { body };
        let me = json!({ "emailAddress": { "name": self.name, "address": self.address } });
        let mut fields = Map::new();
        let mut put = |name: &str, default: Value| {
            let value = given.remove(name).filter(|value| !value.is_null()).unwrap_or(default);
            fields.insert(name.to_owned(), value);
        };
        put("createdDateTime", now.clone());
        put("lastModifiedDateTime", now);
        put("changeKey", Value::Null);
        put("categories", json!([]));
        put("transactionId", Value::Null);
        put("originalStartTimeZone", "UTC".into());
        put("originalEndTimeZone", "UTC".into());
        put("iCalUId", uid.into());
        put("reminderMinutesBeforeStart", 15.into());
        put("isReminderOn", true.into());
        put("hasAttachments", false.into());
        put("subject", "".into());
        put("bodyPreview", shown.into());
        put("importance", "normal".into());
        put("sensitivity", "normal".into());
        put("isAllDay", false.into());
        put("isCancelled", false.into());
        put("isOrganizer", true.into());
        put("responseRequested", true.into());
        put("seriesMasterId", Value::Null);
        put("showAs", "busy".into());
        put("type", if series { "seriesMaster" } else { "singleInstance" }.into());
        let link = immutable_id(self.owner, key).replace('=', "%3D");
        put(
            "webLink",
            format!("https://outlook.office365.example/owa/?itemid={link}&exvsurl=1&path=/calendar/item").into(),
        );
        put("onlineMeetingUrl", Value::Null);
        put("isOnlineMeeting", online.into());
        put("onlineMeetingProvider", if online { "teamsForBusiness" } else { "unknown" }.into());
        put("allowNewTimeProposals", true.into());
        put("isDraft", false.into());
        put("hideAttendees", false.into());
        put("responseStatus", json!({ "response": "organizer", "time": "0001-01-01T00:00:00Z" }));
        put("body", body);
        put("start", Value::Null);
        put("end", Value::Null);
        put(
            "location",
            json!({ "displayName": "", "locationType": "default", "uniqueIdType": "unknown", "address": {}, "coordinates": {} }),
        );
        put("locations", json!([]));
        put("recurrence", Value::Null);
        put("attendees", json!([]));
        put("organizer", me);
        put("onlineMeeting", if online { json!({ "joinUrl": join }) } else { Value::Null });
        fields.extend(given.into_iter().filter(|(name, value)| !value.is_null() && !name.contains('@')));
        let order = stored(&fields, "start").as_microsecond();
        self.events.insert(Entity::new(key, calendar, order, fields));
    }

    /// The event, or the occurrence of a series, that `id` names.
    ///
    /// # Errors
    /// As [`Mailbox::in_set`].
    pub(crate) fn event(&self, id: &str) -> Result<Entity, Fault> {
        let parsed = parse_item(id).filter(|item| item.mailbox == self.owner);
        if let Some((item, day)) = parsed.and_then(|item| {
            item.parent.filter(|parent| parent & OCCURRENCE != 0).map(|parent| (item, parent ^ OCCURRENCE))
        }) {
            let master = self.events.get(item.key).ok_or_else(Fault::item)?;
            let start = stored(&master.fields, "start");
            let day = Date::new(1970, 1, 1)
                .ok()
                .and_then(|epoch| epoch.checked_add(Span::new().days(i64::try_from(day).unwrap_or_default())).ok());
            let day = day.ok_or_else(Fault::malformed_id)?;
            let near = |days: i64| Timestamp::from_second(start.as_second() + days * 86_400).unwrap_or(start);
            let offset = i64::from((day - start.to_zoned(TimeZone::UTC).date()).get_days());
            let found = self.instances(master, near(offset - 2), near(offset + 2)).into_iter();
            return found
                .max_by_key(|event| event.text(".day") == day.to_string())
                .filter(|event| event.text(".day") == day.to_string())
                .ok_or_else(Fault::item);
        }
        self.in_set(&self.events, id).cloned()
    }

    /// The event itself if it touches the window, or its occurrences there.
    pub(crate) fn instances(&self, event: &Entity, from: Timestamp, to: Timestamp) -> Vec<Entity> {
        let (start, end) = (stored(&event.fields, "start"), stored(&event.fields, "end"));
        let touches = |start: Timestamp, end: Timestamp| start < to && (end > from || (start == end && start >= from));
        let recurrence = event.fields.get("recurrence").filter(|recurrence| !recurrence.is_null());
        let Some(series) = recurrence.and_then(|recurrence| Series::read(recurrence).ok()) else {
            let (start, end) = (taken(&event.fields, "start"), taken(&event.fields, "end"));
            return if touches(start, end) { vec![event.clone()] } else { Vec::new() };
        };
        let zone = zones::zone(event.text("originalStartTimeZone")).unwrap_or(TimeZone::UTC);
        let first = start.to_zoned(zone.clone());
        let length = end.as_second() - start.as_second();
        let cancelled = event.fields.get(CANCELLED);
        let mut out = Vec::new();
        for day in series.days(first.date(), to.to_zoned(zone.clone()).date()) {
            let Ok(begins) = zone.to_ambiguous_zoned(day.to_datetime(first.time())).compatible() else { continue };
            let begins = begins.timestamp();
            let ends = super::time::seconds_later(begins, length);
            if is_in(cancelled, day) {
                continue;
            }
            let mut fields = event.fields.clone();
            fields.insert("type".into(), "occurrence".into());
            fields.insert("seriesMasterId".into(), item_id(self.owner, event.parent, event.key).into());
            fields.insert("recurrence".into(), Value::Null);
            fields.insert("start".into(), printed(begins));
            fields.insert("end".into(), printed(ends));
            fields.insert(".day".into(), day.to_string().into());
            if let Some(Value::Object(changed)) = event.fields.get(EXCEPTIONS).map(|all| &all[day.to_string()]) {
                fields.extend(changed.clone());
                fields.insert("type".into(), "exception".into());
            }
            let (begins, ends) = (stored(&fields, "start"), stored(&fields, "end"));
            if !touches(begins, ends) {
                continue;
            }
            let mut occurrence = Entity::new(event.key, event.parent, begins.as_microsecond(), fields);
            occurrence.version = event.version;
            out.push(occurrence);
            if out.len() >= OCCURRENCES {
                break;
            }
        }
        out
    }

    /// The id of an occurrence; `None` for an event that is none.
    pub(crate) fn occurrence_id(&self, event: &Entity) -> Option<String> {
        self.id_on(event, event.fields.get(".day")?)
    }

    /// The ids of the occurrences that were taken out of a series.
    pub(crate) fn cancelled_ids(&self, series: &Entity) -> Vec<String> {
        let days = series.fields.get(CANCELLED).and_then(Value::as_array);
        days.into_iter().flatten().filter_map(|day| self.id_on(series, day)).collect()
    }

    fn id_on(&self, event: &Entity, day: &Value) -> Option<String> {
        let day: Date = day.as_str()?.parse().ok()?;
        let days = (day - Date::new(1970, 1, 1).ok()?).get_days();
        Some(item_id(self.owner, OCCURRENCE | u64::try_from(days).ok()?, event.key))
    }

    /// Changes one occurrence of a series, which is an exception then. It lies in the series: that changes too.
    pub(crate) fn change_occurrence(&mut self, occurrence: &Entity, changed: Map<String, Value>, now: &Value) {
        let day = occurrence.text(".day").to_owned();
        self.events.update(occurrence.key, |series| {
            series.insert("lastModifiedDateTime".into(), now.clone());
            let all = series.entry(EXCEPTIONS).or_insert_with(|| json!({}));
            match all.get_mut(&day).and_then(Value::as_object_mut) {
                Some(before) => before.extend(changed),
                None => all[&day] = Value::Object(changed),
            }
        });
    }

    /// Takes one occurrence out of a series.
    pub(crate) fn cancel_occurrence(&mut self, occurrence: &Entity, now: &Value) {
        let day = Value::from(occurrence.text(".day"));
        self.events.update(occurrence.key, |series| {
            series.insert("lastModifiedDateTime".into(), now.clone());
            if let Some(days) = series.entry(CANCELLED).or_insert_with(|| json!([])).as_array_mut() {
                days.push(day);
            }
        });
    }
}

fn is_in(days: Option<&Value>, day: Date) -> bool {
    days.and_then(Value::as_array).is_some_and(|days| days.iter().any(|one| *one == day.to_string()))
}

/// A recurrence that has been checked.
struct Series {
    every: i64,
    kind: Pattern,
    /// The last day, if there is one.
    until: Option<Date>,
    /// How many occurrences there are, if that is what ends the series.
    times: Option<usize>,
}

enum Pattern {
    Daily,
    Weekly {
        days: Vec<Weekday>,
        first: Weekday,
    },
    Monthly {
        day: i8,
    },
    /// The nth such weekday of a month; 5 for the last.
    MonthlyOn {
        nth: i8,
        days: Vec<Weekday>,
    },
    Yearly {
        day: i8,
        month: i8,
    },
    YearlyOn {
        nth: i8,
        days: Vec<Weekday>,
        month: i8,
    },
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name.to_ascii_lowercase().as_str() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

impl Series {
    fn read(recurrence: &Value) -> Result<Series, Fault> {
        let (pattern, range) = (&recurrence["pattern"], &recurrence["range"]);
        let every = pattern["interval"].as_i64().unwrap_or(1);
        if every < 1 {
            return Err(invalid("The interval of a recurrence has to be at least 1."));
        }
        let small =
            |name: &str| pattern[name].as_i64().and_then(|value| i8::try_from(value).ok()).filter(|value| *value > 0);
        let days: Vec<Weekday> = pattern["daysOfWeek"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter_map(weekday)
            .collect();
        let missing = |what: &str| invalid(&format!("The recurrence pattern needs '{what}'."));
        let names = ["first", "second", "third", "fourth", "last"];
        let nth = names.iter().position(|name| pattern["index"].as_str().unwrap_or("first") == *name);
        let nth = nth.and_then(|nth| i8::try_from(nth + 1).ok());
        let kind = match pattern["type"].as_str().unwrap_or_default() {
            "daily" => Pattern::Daily,
            "weekly" if days.is_empty() => return Err(missing("daysOfWeek")),
            "weekly" => Pattern::Weekly {
                days,
                first: weekday(pattern["firstDayOfWeek"].as_str().unwrap_or("sunday")).unwrap_or(Weekday::Sunday),
            },
            "absoluteMonthly" => Pattern::Monthly { day: small("dayOfMonth").ok_or_else(|| missing("dayOfMonth"))? },
            "relativeMonthly" if days.is_empty() => return Err(missing("daysOfWeek")),
            "relativeMonthly" => Pattern::MonthlyOn { nth: nth.ok_or_else(|| missing("index"))?, days },
            "relativeYearly" if days.is_empty() => return Err(missing("daysOfWeek")),
            "relativeYearly" => Pattern::YearlyOn {
                nth: nth.ok_or_else(|| missing("index"))?,
                days,
                month: small("month").filter(|month| *month <= 12).ok_or_else(|| missing("month"))?,
            },
            "absoluteYearly" => Pattern::Yearly {
                day: small("dayOfMonth").ok_or_else(|| missing("dayOfMonth"))?,
                month: small("month").filter(|month| *month <= 12).ok_or_else(|| missing("month"))?,
            },
            _ => return Err(missing("type")),
        };
        let (until, times) = match range["type"].as_str().unwrap_or_default() {
            "noEnd" => (None, None),
            "endDate" => (
                Some(range["endDate"].as_str().and_then(|day| day.parse().ok()).ok_or_else(|| missing("endDate"))?),
                None,
            ),
            "numbered" => {
                let times = range["numberOfOccurrences"]
                    .as_u64()
                    .filter(|times| *times > 0)
                    .and_then(|times| usize::try_from(times).ok());
                (None, Some(times.ok_or_else(|| missing("numberOfOccurrences"))?))
            }
            _ => return Err(invalid("The recurrence range needs a type: endDate, noEnd or numbered.")),
        };
        Ok(Series { every, kind, until, times })
    }

    /// The days of the series from `first` to `last`.
    fn days(&self, first: Date, last: Date) -> Vec<Date> {
        let last = self.until.map_or(last, |until| until.min(last));
        let mut out = Vec::new();
        let mut day = first;
        while day <= last && self.times.is_none_or(|times| out.len() < times) {
            if self.falls_on(first, day) {
                out.push(day);
            }
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        out
    }

    fn falls_on(&self, first: Date, day: Date) -> bool {
        let months =
            (i64::from(day.year()) - i64::from(first.year())) * 12 + i64::from(day.month()) - i64::from(first.month());
        match &self.kind {
            Pattern::Daily => i64::from((day - first).get_days()) % self.every == 0,
            Pattern::Weekly { days, first: start } => {
                let begin = |day: Date| -> i64 {
                    let into = day.weekday().since(*start);
                    i64::from((day - Date::constant(1970, 1, 1)).get_days()) - i64::from(into)
                };
                days.contains(&day.weekday()) && ((begin(day) - begin(first)) / 7) % self.every == 0
            }
            // A month that is too short has it on its last day.
            Pattern::Monthly { day: wanted } => {
                months % self.every == 0 && day.day() == (*wanted).min(day.days_in_month())
            }
            Pattern::MonthlyOn { nth, days } => {
                months % self.every == 0 && days.contains(&day.weekday()) && is_nth(day, *nth)
            }
            Pattern::YearlyOn { nth, days, month } => {
                (months / 12) % self.every == 0
                    && day.month() == *month
                    && days.contains(&day.weekday())
                    && is_nth(day, *nth)
            }
            Pattern::Yearly { day: wanted, month } => {
                (months / 12) % self.every == 0
                    && day.month() == *month
                    && day.day() == (*wanted).min(day.days_in_month())
            }
        }
    }
}

/// Whether a day is the nth of its weekday in the month; 5 for the last.
fn is_nth(day: Date, nth: i8) -> bool {
    if nth == 5 { day.day() + 7 > day.days_in_month() } else { (day.day() - 1) / 7 + 1 == nth }
}
