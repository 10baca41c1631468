//! What can be done with an event besides changing it: forwarding, reminders, deleting for good.

use serde_json::{Value, json};

use super::events::{delete, event, invite};
use crate::graph::calendar::{moment_of, stored};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;

pub(crate) static ROUTES: &[Route] = &[
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/permanentDelete", delete),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/forward", forward),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/dismissReminder", dismiss),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/snoozeReminder", snooze),
    route("GET", "@/reminderView", reminders),
];

fn parameter<'b>(body: &'b serde_json::Map<String, Value>, name: &str) -> Option<&'b Value> {
    body.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn forward(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let mailbox = tenant.mailbox(call.owner)?;
    let event = event(mailbox, call)?;
    let files: Vec<_> = mailbox.attachments.children(event.key).map(|file| file.fields.clone()).collect();
    let people = parameter(&body, "toRecipients").and_then(Value::as_array).cloned().unwrap_or_default();
    if people.is_empty()
        || people.iter().any(|person| person["emailAddress"]["address"].as_str().is_none_or(|it| !it.contains('@')))
    {
        return Err(Fault::new(400, "ErrorInvalidRecipients", "At least one recipient is not valid."));
    }
    let mut copy = event.fields.clone();
    copy.insert("attendees".into(), people.into());
    invite(tenant, call.owner, event.text("iCalUId"), &copy, &files);
    Ok(Reply::empty(202))
}

fn dismiss(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = event(mailbox, call)?.key;
    mailbox.events.amend(key, |fields| {
        fields.insert(".dismissed".into(), true.into());
    });
    Ok(Reply::empty(200))
}

fn snooze(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let time =
        parameter(&body, "newReminderTime").ok_or_else(|| Fault::bad("The parameter 'NewReminderTime' is missing."))?;
    let (moment, _) = moment_of(time)?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = event(mailbox, call)?.key;
    mailbox.events.amend(key, |fields| {
        fields.insert(".snoozed".into(), moment.to_string().into());
        fields.remove(".dismissed");
    });
    Ok(Reply::empty(200))
}

fn reminders(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let moment = |name: &str| {
        let text = call.query.get(name).ok_or_else(|| Fault::bad(format!("The parameter '{name}' is missing.")))?;
        moment_of(&json!({ "dateTime": text, "timeZone": "UTC" })).map(|(moment, _)| moment)
    };
    let (from, to) = (moment("startDateTime")?, moment("endDateTime")?);
    let mailbox = tenant.mailbox(call.owner)?;
    let with_reminder = mailbox.events.iter().filter(|event| event.flag("isReminderOn") && !event.flag(".dismissed"));
    let mut found: Vec<(jiff::Timestamp, Value)> = Vec::new();
    for occurrence in with_reminder.flat_map(|event| mailbox.instances(event, from, to)) {
        let minutes = occurrence.fields.get("reminderMinutesBeforeStart").and_then(Value::as_i64).unwrap_or(15);
        let snoozed = occurrence.text(".snoozed").parse().ok();
        let fires = snoozed.unwrap_or_else(|| seconds_later(stored(&occurrence.fields, "start"), -minutes * 60));
        let id = mailbox.occurrence_id(&occurrence).unwrap_or_else(|| mailbox.id(&occurrence, call.ids()));
        let fire = json!({ "dateTime": fires.strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string(), "timeZone": "UTC" });
        let reminder = json!({
            "eventId": id, "eventSubject": occurrence.text("subject"), "eventStartTime": occurrence.fields.get("start"),
            "eventEndTime": occurrence.fields.get("end"), "eventLocation": occurrence.fields.get("location"),
            "eventWebLink": occurrence.text("webLink"), "reminderFireTime": fire, "changeKey": occurrence.text("changeKey"),
        });
        found.push((fires, reminder));
    }
    found.sort_by_key(|(fires, _)| *fires);
    let value: Vec<Value> = found.into_iter().map(|(_, reminder)| reminder).collect();
    Ok(Reply::value(
        200,
        &json!({ "@odata.context": call.context("Collection(microsoft.graph.reminder)"), "value": value }),
    ))
}
