//! Who is free when, and proposals of times to meet.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::graph::calendar::{moment_of, stored};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;

pub(crate) static ROUTES: &[Route] = &[
    route("POST", "@/[calendar|calendars/{calendar}]/getSchedule", schedule),
    route("POST", "@/findMeetingTimes", meeting_times),
];

/// The most addresses of one request.
const MOST_SCHEDULES: usize = 20;

fn parameter<'b>(body: &'b Map<String, Value>, name: &str) -> Option<&'b Value> {
    body.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn time(body: &Map<String, Value>, name: &str) -> Result<Timestamp, Fault> {
    let value = parameter(body, name)
        .ok_or_else(|| Fault::new(400, "ErrorInvalidParameter", format!("The parameter '{name}' is missing.")))?;
    moment_of(value).map(|(moment, _)| moment)
}

/// What fills somebody's time: begin, end, and how it is shown.
fn taken(
    tenant: &Tenant,
    address: &str,
    from: Timestamp,
    to: Timestamp,
) -> Option<Vec<(Timestamp, Timestamp, String, String)>> {
    let mailbox = tenant.mailboxes.get(&tenant.directory.user_key(address)?)?;
    let mut all: Vec<_> = mailbox
        .events
        .iter()
        .flat_map(|event| mailbox.instances(event, from, to))
        .map(|event| {
            (
                stored(&event.fields, "start"),
                stored(&event.fields, "end"),
                event.text("showAs").to_owned(),
                event.text("subject").to_owned(),
            )
        })
        .collect();
    all.sort();
    Some(all)
}

fn digit(show_as: &str) -> u8 {
    match show_as {
        "tentative" => b'1',
        "busy" => b'2',
        "oof" => b'3',
        "workingElsewhere" => b'4',
        _ => b'0',
    }
}

fn printed(moment: Timestamp) -> Value {
    json!({ "dateTime": moment.strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string(), "timeZone": "UTC" })
}

fn schedule(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let (from, to) = (time(&body, "startTime")?, time(&body, "endTime")?);
    let addresses: Vec<&str> = parameter(&body, "schedules")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let minutes = parameter(&body, "availabilityViewInterval").and_then(Value::as_i64).unwrap_or(30);
    if addresses.is_empty() || addresses.len() > MOST_SCHEDULES || !(5..=1440).contains(&minutes) || to <= from {
        return Err(Fault::new(
            400,
            "ErrorInvalidParameter",
            "The schedules, the times or the interval are out of range.",
        ));
    }
    let value: Vec<Value> = addresses
        .into_iter()
        .map(|address| {
            let Some(taken) = taken(tenant, address, from, to) else {
                return json!({
                    "scheduleId": address, "availabilityView": "",
                    "error": { "message": "Unable to resolve e-mail address in Active Directory.", "responseCode": "ErrorMailRecipientNotFound" },
                });
            };
            let slots = (to.as_second() - from.as_second() + minutes * 60 - 1) / (minutes * 60);
            let view: Vec<u8> = (0..slots)
                .map(|slot| {
                    let (begins, ends) = (seconds_later(from, slot * minutes * 60), seconds_later(from, (slot + 1) * minutes * 60));
                    taken.iter().filter(|it| it.0 < ends && it.1 > begins).map(|it| digit(&it.2)).max().unwrap_or(b'0')
                })
                .collect();
            let items: Vec<Value> = taken
                .iter()
                .map(|(begins, ends, show, subject)| json!({ "status": show, "subject": subject, "start": printed(*begins), "end": printed(*ends), "isPrivate": false }))
                .collect();
            json!({ "scheduleId": address, "availabilityView": String::from_utf8_lossy(&view), "scheduleItems": items })
        })
        .collect();
    Ok(Reply::value(
        200,
        &json!({ "@odata.context": call.context("Collection(microsoft.graph.scheduleInformation)"), "value": value }),
    ))
}

fn meeting_times(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = if call.body.is_empty() { Map::new() } else { call.object()? };
    let minutes = match parameter(&body, "meetingDuration").and_then(Value::as_str) {
        None => 30,
        Some(text) => text
            .parse::<jiff::SignedDuration>()
            .map(|duration| duration.as_mins())
            .map_err(|_| Fault::new(400, "ErrorInvalidParameter", "The meeting duration cannot be read."))?,
    };
    let organizer = tenant.mailbox(call.owner)?.address.clone();
    let people = parameter(&body, "attendees").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut addresses: Vec<String> =
        people.iter().filter_map(|it| it["emailAddress"]["address"].as_str()).map(str::to_owned).collect();
    addresses.push(organizer);
    let given = parameter(&body, "timeConstraint")
        .and_then(|constraint| constraint["timeSlots"].as_array())
        .cloned()
        .unwrap_or_default();
    let mut slots = Vec::new();
    for slot in &given {
        slots.push((moment_of(&slot["start"])?.0, moment_of(&slot["end"])?.0));
    }
    if slots.is_empty() {
        slots.push((tenant.now(), seconds_later(tenant.now(), 5 * 86_400)));
    }
    let most = parameter(&body, "maxCandidates").and_then(Value::as_u64).unwrap_or(20);
    let mut found = Vec::new();
    for (from, to) in slots {
        let half_hour = 1800;
        let mut begins = Timestamp::from_second((from.as_second() + half_hour - 1).div_euclid(half_hour) * half_hour)
            .unwrap_or(from);
        while seconds_later(begins, minutes * 60) <= to && (found.len() as u64) < most {
            let ends = seconds_later(begins, minutes * 60);
            let free = |address: &String| {
                taken(tenant, address, begins, ends)
                    .is_none_or(|taken| taken.iter().all(|it| it.2 == "free" || it.0 >= ends || it.1 <= begins))
            };
            if addresses.iter().all(free) {
                let availability: Vec<Value> =
                    people.iter().map(|it| json!({ "availability": "free", "attendee": it })).collect();
                found.push(json!({
                    "confidence": 100.0, "order": found.len() + 1, "organizerAvailability": "free", "attendeeAvailability": availability,
                    "locations": [], "meetingTimeSlot": { "start": printed(begins), "end": printed(ends) },
                }));
            }
            begins = seconds_later(begins, half_hour);
        }
    }
    let reason = if found.is_empty() { "AttendeesUnavailable" } else { "" };
    let context = call.context("microsoft.graph.meetingTimeSuggestionsResult");
    Ok(Reply::value(
        200,
        &json!({ "@odata.context": context, "emptySuggestionsReason": reason, "meetingTimeSuggestions": found }),
    ))
}
