//! Events.

use serde_json::{Map, Value, json};

use super::items::{Items, check_etag, context, merge, preferences};
use super::{attachments, transfers};
use crate::graph::attachments::{Parcels, attach_all};
use crate::graph::calendar::{moment_of, settle_times};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::{Mailbox, preview};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::stamp;
use crate::graph::types;
use crate::graph::view::{Paging, View, list};
use crate::graph::{meeting_blob, meetings};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/[|calendar/|calendars/{calendar}/]events", list_events),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events", create),
    route("GET", "@/[|calendar/|calendars/{calendar}/]events/{event}", get),
    route("PATCH", "@/[|calendar/|calendars/{calendar}/]events/{event}", update),
    route("DELETE", "@/[|calendar/|calendars/{calendar}/]events/{event}", delete),
    route("GET", "@/[|calendar/|calendars/{calendar}/]events/{event}/instances", instances),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/cancel", cancel),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/accept", |t, c| respond(t, c, "accepted")),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/decline", |t, c| respond(t, c, "declined")),
    route("POST", "@/[|calendar/|calendars/{calendar}/]events/{event}/tentativelyAccept", |t, c| {
        respond(t, c, "tentativelyAccepted")
    }),
    route("GET", "@/events/{event}/attachments", attachments::list_parts),
    route("POST", "@/events/{event}/attachments", attachments::create),
    route("POST", "@/events/{event}/attachments/createUploadSession", transfers::attach),
    route("GET", "@/events/{event}/attachments/{attachment}", attachments::get),
    route("GET", "@/events/{event}/attachments/{attachment}/$value", attachments::value),
    route("DELETE", "@/events/{event}/attachments/{attachment}", attachments::delete),
];

pub(super) const PAGING: Paging = Paging { page: 10, max: 1000, natural: None };

/// The calendar that the path names, or the default one.
pub(super) fn calendar(mailbox: &Mailbox, call: &Call<'_>) -> Result<u64, Fault> {
    match call.has_param("calendar") {
        true => mailbox.in_set(&mailbox.calendars, call.param("calendar")).map(|calendar| calendar.key),
        false => Ok(mailbox.known("calendar")),
    }
}

/// The event that the path names.
pub(super) fn event(mailbox: &Mailbox, call: &Call<'_>) -> Result<Entity, Fault> {
    let event = mailbox.event(call.param("event"))?;
    if call.has_param("calendar") && calendar(mailbox, call)? != event.parent {
        return Err(Fault::item());
    }
    Ok(event)
}

pub(super) fn list_events(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let calendar = calendar(mailbox, call)?;
    let options = call.options(types::get("event"))?;
    if options.search.is_some() {
        return Err(Fault::new(
            400,
            "ErrorInvalidUrlQuery",
            "The query parameter '$search' is not supported for events.",
        ));
    }
    let source = Items::zoned(mailbox, call)?;
    let view = View::new(types::get("event"), &source, Service::Outlook, &options);
    let reply = list(
        call,
        &view,
        &PAGING,
        &options,
        &context(tenant, call, "events"),
        mailbox.events.children(calendar),
        None,
    )?;
    Ok(preferences(call, reply))
}

fn show(tenant: &Tenant, call: &Call<'_>, event: &Entity, status: u16) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("event"))?;
    let source = Items::zoned(mailbox, call)?;
    let view = View::new(types::get("event"), &source, Service::Outlook, &options);
    Ok(preferences(call, view.reply(call, status, &context(tenant, call, "events"), event)?))
}

fn show_key(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let event = tenant.mailbox(call.owner)?.events.get(key).ok_or_else(Fault::item)?;
    show(tenant, call, event, status)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let event = event(tenant.mailbox(call.owner)?, call)?;
    show(tenant, call, &event, 200)
}

fn instances(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (from, to) = window(call)?;
    let mailbox = tenant.mailbox(call.owner)?;
    let event = event(mailbox, call)?;
    let options = call.options(types::get("event"))?;
    let source = Items::zoned(mailbox, call)?;
    let view = View::new(types::get("event"), &source, Service::Outlook, &options);
    let found = mailbox.instances(&event, from, to);
    list(call, &view, &PAGING, &options, &context(tenant, call, "events"), found.iter(), None)
}

/// The window that `startDateTime` and `endDateTime` name.
pub(super) fn window(call: &Call<'_>) -> Result<(jiff::Timestamp, jiff::Timestamp), Fault> {
    let moment = |name: &str| {
        let missing = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.";
        let text = call.query.get(name).ok_or_else(|| Fault::new(400, "ErrorInvalidParameter", missing))?;
        // Without an offset it is UTC; a plus sign may have come as a space.
        let parsed = moment_of(&json!({ "dateTime": text.replace(' ', "+"), "timeZone": "UTC" }));
        parsed.map(|(moment, _)| moment).map_err(|_| {
            Fault::new(400, "ErrorInvalidParameter", format!("The value '{text}' of parameter '{name}' is invalid."))
        })
    };
    let (from, to) = (moment("startDateTime")?, moment("endDateTime")?);
    if to < from {
        return Err(Fault::new(400, "ErrorInvalidParameter", "The end of the time window is before its start."));
    }
    if to.as_second() - from.as_second() > 1825 * 86_400 {
        return Err(Fault::new(
            400,
            "ErrorCalendarViewRangeTooBig",
            "The requested time duration specified for calendar view is too long.",
        ));
    }
    Ok((from, to))
}

fn refuse_read_only(body: &Map<String, Value>) -> Result<(), Fault> {
    let read_only = [
        "iCalUId",
        "isCancelled",
        "isOrganizer",
        "hasAttachments",
        "bodyPreview",
        "seriesMasterId",
        "type",
        "webLink",
        "createdDateTime",
    ];
    match read_only.iter().find(|name| body.contains_key(**name)) {
        Some(name) => Err(Fault::new(
            400,
            "ErrorInvalidPropertySet",
            format!("The property '{name}' is read-only and cannot be set."),
        )),
        None => Ok(()),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut body = call.entity("event")?;
    refuse_read_only(&body)?;
    for name in ["start", "end"] {
        if body.get(name).is_none_or(Value::is_null) {
            return Err(Fault::new(
                400,
                "ErrorPropertyValidationFailure",
                format!("At least one property failed validation. The event needs '{name}'."),
            ));
        }
    }
    settle_times(&mut body)?;
    let parts = attachments::take(tenant, call, &mut body)?;
    let (key, now) = (tenant.key(), tenant.now());
    let mailbox = tenant.mailbox(call.owner)?;
    let calendar = calendar(mailbox, call)?;
    // The same transaction makes one event, however often it is sent.
    if let Some(transaction) = body.get("transactionId").and_then(Value::as_str)
        && let Some(known) = mailbox.events.iter().find(|event| event.text("transactionId") == transaction)
    {
        return show_key(tenant, call, known.key, 201);
    }
    complete_attendees(&mut body);
    let uid = format!(
        "040000008200E00074C5B7101A82E008{:016X}{}",
        key,
        guid(&format!("event {key}")).replace('-', "").to_uppercase()
    );
    let files: Vec<Map<String, Value>> = parts.iter().map(|(_, part)| part.clone()).collect();
    invite(tenant, call.owner, &uid, &body, &files);
    let mailbox = tenant.mailbox_mut(call.owner)?;
    mailbox.add_event(key, calendar, now, &uid, body);
    attach_all(mailbox, key, parts);
    meetings::of_event(tenant, call.owner, key);
    show_key(tenant, call, key, 201)
}

/// Fills in what Exchange fills in of those who are invited.
fn complete_attendees(body: &mut Map<String, Value>) {
    for attendee in body.get_mut("attendees").and_then(Value::as_array_mut).into_iter().flatten() {
        attendee["status"] = json!({ "response": "none", "time": "0001-01-01T00:00:00Z" });
        if attendee["type"].is_null() {
            attendee["type"] = "required".into();
        }
    }
}

/// Puts a copy into the calendars of those who are invited and have none, with the files that hang on the event now.
pub(super) fn invite(
    tenant: &mut Tenant,
    organizer: u64,
    uid: &str,
    event: &Map<String, Value>,
    files: &[Map<String, Value>],
) {
    let Some(me) = tenant
        .mailboxes
        .get(&organizer)
        .map(|mailbox| json!({ "emailAddress": { "name": mailbox.name, "address": mailbox.address } }))
    else {
        return;
    };
    let invited = event.get("attendees").and_then(Value::as_array).into_iter().flatten();
    let invited: Vec<u64> = invited
        .filter_map(|attendee| tenant.directory.user_key(attendee["emailAddress"]["address"].as_str()?))
        .collect();
    let now = tenant.now();
    for person in invited.into_iter().filter(|person| *person != organizer) {
        let key = tenant.key();
        let parts: Parcels = files.iter().map(|file| (tenant.key(), file.clone())).collect();
        let Some(mailbox) = tenant.mailboxes.get_mut(&person) else { continue };
        if mailbox.events.iter().any(|event| event.text("iCalUId") == uid) {
            continue;
        }
        let mut copy = event.clone();
        for (name, value) in [
            ("isOrganizer", Value::Bool(false)),
            ("showAs", "tentative".into()),
            ("organizer", me.clone()),
            ("responseStatus", json!({ "response": "notResponded", "time": "0001-01-01T00:00:00Z" })),
            ("transactionId", Value::Null),
        ] {
            copy.insert(name.into(), value);
        }
        mailbox.add_event(key, mailbox.known("calendar"), now, uid, copy);
        attach_all(mailbox, key, parts);
    }
}

/// The same event in everybody else's calendar.
fn copies<'t>(tenant: &'t mut Tenant, owner: u64, uid: &'t str) -> impl Iterator<Item = (&'t mut Mailbox, u64)> {
    tenant.mailboxes.values_mut().filter(move |mailbox| mailbox.owner != owner).filter_map(move |mailbox| {
        let key = mailbox.events.iter().find(|event| event.text("iCalUId") == uid)?.key;
        Some((mailbox, key))
    })
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut body = call.entity("event")?;
    refuse_read_only(&body)?;
    complete_attendees(&mut body);
    let now = stamp(tenant.now());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let event = event(mailbox, call)?;
    check_etag(call, &event)?;
    if event.fields.contains_key(".day") {
        return update_occurrence(tenant, call, &event, body, &now);
    }
    let mut fields = event.fields.clone();
    let (text_changes, attendees_change) = (body.contains_key("body"), body.contains_key("attendees"));
    for (name, value) in body.into_iter().filter(|(name, _)| !name.contains('@') && name != "id") {
        merge(&mut fields, name, value);
    }
    settle_times(&mut fields)?;
    if text_changes {
        meeting_blob::settle(&mut fields);
    }
    let preview = preview(&fields["body"]);
    fields.insert("bodyPreview".into(), preview.into());
    fields.insert("lastModifiedDateTime".into(), now.into());
    let order = crate::graph::calendar::stored(&fields, "start").as_microsecond();
    mailbox.events.reorder(event.key, order);
    mailbox.events.update(event.key, |known| *known = fields.clone());
    let organizes = event.flag("isOrganizer");
    if organizes && attendees_change {
        let mailbox = tenant.mailbox(call.owner)?;
        let files: Vec<_> = mailbox.attachments.children(event.key).map(|file| file.fields.clone()).collect();
        let mut copy = fields.clone();
        copy.retain(|name, _| !name.starts_with('.'));
        invite(tenant, call.owner, event.text("iCalUId"), &copy, &files);
    }
    for (mailbox, key) in copies(tenant, call.owner, event.text("iCalUId")).filter(|_| organizes) {
        mailbox.events.reorder(key, order);
        mailbox.events.update(key, |known| {
            for name in ["subject", "body", "bodyPreview", "start", "end", "location", "recurrence", "isAllDay"] {
                known.extend(fields.get(name).map(|value| (name.to_owned(), value.clone())));
            }
        });
    }
    show_key(tenant, call, event.key, 200)
}

fn update_occurrence(
    tenant: &mut Tenant,
    call: &Call<'_>,
    event: &Entity,
    body: Map<String, Value>,
    now: &str,
) -> Outcome {
    if body.get("recurrence").is_some_and(|recurrence| !recurrence.is_null()) {
        return Err(Fault::new(400, "ErrorInvalidRequest", "An occurrence of a series has no recurrence of its own."));
    }
    let mut fields = event.fields.clone();
    let text_changes = body.contains_key("body");
    for (name, value) in body.into_iter().filter(|(name, _)| !name.contains('@') && name != "id") {
        merge(&mut fields, name, value);
    }
    settle_times(&mut fields)?;
    if text_changes {
        meeting_blob::settle(&mut fields);
    }
    let preview = preview(&fields["body"]);
    fields.insert("bodyPreview".into(), preview.into());
    fields.insert("lastModifiedDateTime".into(), now.into());
    // What is as in the series follows it.
    fields.retain(|name, value| !name.starts_with('.') && event.fields.get(name) != Some(value));
    let id = call.param("event").to_owned();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    mailbox.change_occurrence(event, fields, &now.into());
    let changed = mailbox.event(&id)?;
    show(tenant, call, &changed, 200)
}

pub(super) fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let now = Value::from(stamp(tenant.now()));
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let event = event(mailbox, call)?;
    if event.fields.contains_key(".day") {
        mailbox.cancel_occurrence(&event, &now);
        return Ok(Reply::empty(204));
    }
    mailbox.events.remove(event.key, false);
    if event.flag("isOrganizer") {
        for (mailbox, key) in copies(tenant, call.owner, event.text("iCalUId")) {
            mailbox.events.remove(key, false);
        }
    }
    Ok(Reply::empty(204))
}

fn cancel(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let event = event(tenant.mailbox(call.owner)?, call)?;
    if !event.flag("isOrganizer") {
        return Err(Fault::new(
            400,
            "ErrorInvalidRequest",
            "Your request can't be completed. You need to be an organizer to cancel a meeting.",
        ));
    }
    delete(tenant, call)?;
    Ok(Reply::empty(202))
}

fn respond(tenant: &mut Tenant, call: &Call<'_>, response: &str) -> Outcome {
    if !call.body.is_empty() {
        let body = call.object()?;
        if let Some(name) = body
            .keys()
            .find(|name| !["comment", "sendresponse", "proposednewtime"].contains(&name.to_lowercase().as_str()))
        {
            return Err(Fault::bad(format!(
                "The parameter '{name}' in the request payload is not a valid parameter for the operation."
            )));
        }
    }
    let now = stamp(tenant.now());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let address = mailbox.address.clone();
    let event = event(mailbox, call)?;
    if event.flag("isOrganizer") {
        return Err(Fault::new(
            400,
            "ErrorInvalidRequest",
            "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.",
        ));
    }
    let status = json!({ "response": response, "time": now });
    if response == "declined" {
        mailbox.events.remove(event.key, false);
    } else {
        mailbox.events.update(event.key, |fields| {
            fields.insert("responseStatus".into(), status.clone());
            fields.insert("showAs".into(), if response == "accepted" { "busy" } else { "tentative" }.into());
        });
    }
    for (mailbox, key) in copies(tenant, call.owner, event.text("iCalUId")) {
        mailbox.events.update(key, |fields| {
            for attendee in fields.get_mut("attendees").and_then(Value::as_array_mut).into_iter().flatten() {
                if attendee["emailAddress"]["address"]
                    .as_str()
                    .is_some_and(|known| known.eq_ignore_ascii_case(&address))
                {
                    attendee["status"] = status.clone();
                }
            }
        });
    }
    Ok(Reply::empty(202))
}
