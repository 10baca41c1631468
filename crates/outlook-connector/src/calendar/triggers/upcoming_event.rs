//! `upcoming_event`

use connector_sdk::{
    Context, Effect, Event, Plan, Poll, Properties, Result, Spec, Trigger, Zone, http::Method, recent,
};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarId, Event as OutlookEvent, Mailbox};

/// Watch a calendar for events that begin soon: each occurrence of a series fires by itself, once for each start. Each
/// poll covers the time since the previous one, so that an event is reported late rather than never. An event of whole
/// days begins with its first day in the time zone in which it was written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "minutesBefore": 30 })]))]
pub struct UpcomingEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// Minutes before its start at which an event fires.
    #[serde(default = "a_quarter")]
    #[schemars(range(min = 1, max = 10080))]
    minutes_before: i64,
}

fn a_quarter() -> i64 {
    15
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(flatten)]
    place: recent::Cursor,
    // When the last round began that was read to its end: it told what began soon then. Older versions did not remember
    // it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    looked: Option<Timestamp>,
    // When the round began that is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    round: Option<Timestamp>,
}

impl Trigger for UpcomingEvent {
    type Event = OutlookEvent;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("upcoming_event", "Upcoming event", Effect::Read).scopes(CALENDARS_SEE);

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<OutlookEvent, Cursor>>> {
        let root = self.mailbox.root(cx)?;
        let (now, calendar) = (cx.now, self.calendar_id);
        let (place, looked, round) =
            cursor.map_or((None, None, None), |cursor| (Some(cursor.place), cursor.looked, cursor.round));
        // What came to be and began since the last look is told late rather than never.
        let from = looked.map_or(now, |looked| looked.min(now));
        let until = now.saturating_add(SignedDuration::from_mins(self.minutes_before)).unwrap_or(now);
        let list = move |_| {
            let view = CalendarId::below(calendar, &root, Method::GET, "/calendarView")
                .query("startDateTime", format!("{from:.0}"));
            view.query("endDateTime", format!("{until:.0}")).query("$orderby", "start/dateTime").query("$top", 100)
        };
        let look = recent::look(recent::USUAL, list, place, Timestamp::MIN, now, move |item| {
            let event = Properties::of(&item);
            let start: Map<String, Value> = event.get("start").unwrap_or_default();
            let start = start.get("dateTime").and_then(Value::as_str).unwrap_or_default();
            let begins = start.parse::<DateTime>().ok().and_then(|shown| match event.flag("isAllDay") {
                Some(true) => first_day_begins(shown, event.text("originalStartTimeZone").as_deref()),
                _ => Some(Zone::utc().moment(shown).ok()?.timestamp()),
            });
            // An event that had begun before is in the view too. One without a start is told: the view has it.
            let soon = begins.is_none_or(|begins| begins >= from);
            let id = format!("{} {start}", event.identity());
            (Some(now), soon.then(|| Event::new(id, item)))
        });
        Ok(look.map(move |poll| {
            let began = round.unwrap_or(now);
            poll.with_cursor(|place| match place.is_within_round() {
                true => Cursor { place, looked, round: Some(began) },
                false => Cursor { place, looked: Some(began), round: None },
            })
        }))
    }
}

/// The hours that the last zone to see a day begin is behind UTC.
const LAST_ZONE: SignedDuration = SignedDuration::from_hours(12);

// When the first day of an event of whole days begins. Graph shows its days as if they were UTC, in whatever zone they
// are meant. Where that zone is not known it is the last one in which the day can begin: the view holds the event once it
// is due, and what was told before has the same id.
fn first_day_begins(shown: DateTime, zone: Option<&str>) -> Option<Timestamp> {
    let in_zone = zone.and_then(Zone::named).and_then(|zone| Some(zone.moment(shown).ok()?.timestamp()));
    in_zone.or_else(|| Zone::utc().moment(shown).ok()?.timestamp().checked_add(LAST_ZONE).ok())
}
