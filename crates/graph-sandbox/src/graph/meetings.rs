//! Online meetings: who may come, what was said and recorded, and who came.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::json::object;
use super::store::{Entity, Set, guid};
use super::tenant::Tenant;
use super::time::seconds_later;
use super::time::stamp;

/// The online meetings of the tenant, and what they leave behind.
#[derive(Default)]
pub(crate) struct Meetings {
    /// By organizer.
    pub(crate) meetings: Set,
    /// By meeting.
    pub(crate) transcripts: Set,
    /// By meeting.
    pub(crate) recordings: Set,
    /// By meeting.
    pub(crate) reports: Set,
    /// By report.
    pub(crate) records: Set,
    /// The text of transcripts and the pictures of recordings.
    pub(crate) content: HashMap<u64, Bytes>,
    /// Who said what and when, by transcript.
    pub(crate) spoken: HashMap<u64, Bytes>,
    /// The users for whom an application access policy lets apps act.
    pub(crate) policy: BTreeSet<u64>,
}

/// What one meeting leaves behind.
pub(crate) struct Held<'a> {
    pub(crate) started: Timestamp,
    /// Who came, by alias; the organizer first. Each says one of the lines.
    pub(crate) people: &'a [&'a str],
    pub(crate) lines: &'a [&'a str],
}

/// How long it takes to say a line, in seconds.
const LINE: i64 = 4;

/// The key of a meeting by the subject, among those that somebody organizes.
pub(crate) fn by_subject(tenant: &Tenant, organizer: u64, subject: &str) -> Option<u64> {
    tenant
        .meetings
        .meetings
        .children(organizer)
        .find(|meeting| meeting.text("subject") == subject)
        .map(|meeting| meeting.key)
}

/// Whether somebody organizes a meeting or is invited.
pub(crate) fn takes_part(tenant: &Tenant, user: u64, meeting: &Entity) -> bool {
    let Some(who) = tenant.directory.users.get(user) else { return false };
    let invited = meeting.fields.get("participants").and_then(|all| all["attendees"].as_array()).into_iter().flatten();
    let is_user = |it: &Value| {
        it["identity"]["user"]["id"].as_str() == Some(who.text("id"))
            || it["upn"].as_str().is_some_and(|upn| upn.eq_ignore_ascii_case(who.text("userPrincipalName")))
    };
    meeting.parent == user || invited.into_iter().any(is_user)
}

/// Adds a meeting. `join` is the address that an event has already given it.
///
/// # Errors
/// As [`settle`].
pub(crate) fn add(
    tenant: &mut Tenant,
    organizer: u64,
    mut given: Map<String, Value>,
    join: Option<&str>,
) -> Result<u64, Fault> {
    let (key, now) = (tenant.key(), tenant.now());
    settle(tenant, &mut given)?;
    let Some(user) = tenant.directory.users.get(organizer) else { return Err(Fault::item()) };
    let name = guid(&format!("meeting {key}"));
    let thread = format!("19:meeting_{}@thread.v2", STANDARD_NO_PAD.encode(&name));
    let person = user.text("id");
    let context = format!("%7b%22Tid%22%3a%22{}%22%2c%22Oid%22%3a%22{person}%22%7d", tenant.id);
    let made = format!(
        "https://teams.microsoft.example/l/meetup-join/{}/0?context={context}",
        thread.replace(':', "%3a").replace('@', "%40")
    );
    let number = |what: &str, digits: usize| {
        let value =
            u64::from_str_radix(&guid(&format!("{what} {name}")).replace('-', "")[..15], 16).unwrap_or_default();
        format!("{value:0digits$}")[..digits].to_owned()
    };
    let start = given.get("startDateTime").cloned().unwrap_or_else(|| stamp(now).into());
    let end = given.get("endDateTime").cloned().unwrap_or_else(|| an_hour_after(&start));
    let mut fields = object(json!({
        "id": STANDARD_NO_PAD.encode(format!("1*{person}*0**{thread}")), "creationDateTime": stamp(now), "startDateTime": start, "endDateTime": end,
        "joinWebUrl": join.unwrap_or(&made), "subject": null, "isBroadcast": false, "isEntryExitAnnounced": true, "allowedPresenters": "everyone",
        "allowAttendeeToEnableMic": true, "allowAttendeeToEnableCamera": true, "allowMeetingChat": "enabled", "allowTeamworkReactions": true,
        "allowRecording": true, "allowTranscription": true, "recordAutomatically": false, "externalId": null, "meetingType": "scheduled",
        "videoTeleconferenceId": number("vtc", 9), "chatInfo": { "threadId": thread, "messageId": "0", "replyChainMessageId": null },
        "joinMeetingIdSettings": { "isPasscodeRequired": false, "joinMeetingId": number("join", 12), "passcode": null },
        "lobbyBypassSettings": { "scope": "organization", "isDialInBypassEnabled": false },
        "audioConferencing": { "conferenceId": number("conference", 9), "tollNumber": "+1 425 555 0123", "tollFreeNumber": null,
            "dialinUrl": format!("https://dialin.teams.microsoft.example/{name}") },
        "participants": { "attendees": [], "organizer": {
            "upn": user.text("userPrincipalName"), "role": "presenter", "identity": { "user": identity(user, &tenant.id) } } },
    }));
    put(&mut fields, given);
    let order = fields["startDateTime"]
        .as_str()
        .and_then(|text| text.parse::<Timestamp>().ok())
        .map_or(0, Timestamp::as_second);
    tenant.meetings.meetings.insert(Entity::new(key, organizer, order, fields));
    Ok(key)
}

/// Writes what was given over what is there. The organizer stays who it is.
pub(crate) fn put(fields: &mut Map<String, Value>, given: Map<String, Value>) {
    for (name, value) in given {
        match (name.as_str(), value) {
            ("participants", Value::Object(mut all)) => {
                if let Some(attendees) = all.remove("attendees") {
                    fields["participants"]["attendees"] = attendees;
                }
            }
            // Of a group of settings, what is not said stays.
            ("lobbyBypassSettings" | "joinMeetingIdSettings" | "watermarkProtection", Value::Object(all)) => {
                match fields.get_mut(&name) {
                    Some(Value::Object(known)) => known.extend(all),
                    _ => drop(fields.insert(name, Value::Object(all))),
                }
            }
            (_, value) => drop(fields.insert(name, value)),
        }
    }
}

/// Checks what a meeting is given, and knows those who are invited by id or name.
///
/// # Errors
/// 400 for times that do not fit, and for what only Graph sets.
pub(crate) fn settle(tenant: &Tenant, given: &mut Map<String, Value>) -> Result<(), Fault> {
    let read_only = [
        "id",
        "creationDateTime",
        "joinWebUrl",
        "videoTeleconferenceId",
        "chatInfo",
        "audioConferencing",
        "joinInformation",
    ];
    if let Some(name) = read_only.iter().find(|name| given.contains_key(**name)) {
        return Err(Fault::bad(format!("The property '{name}' is read-only.")));
    }
    let moment = |name: &str| given.get(name).and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok());
    let times = [("startDateTime", moment("startDateTime")), ("endDateTime", moment("endDateTime"))];
    match times.map(|(_, moment)| moment) {
        [None, Some(_)] => return Err(Fault::bad("The endDateTime cannot be given without the startDateTime.")),
        [Some(start), Some(end)] if end <= start => {
            return Err(Fault::bad("The endDateTime has to be later than the startDateTime."));
        }
        _ => {}
    }
    for (name, moment) in times.into_iter().filter_map(|(name, moment)| Some((name, moment?))) {
        given.insert(name.into(), stamp(moment).into());
    }
    let attendees = given.get_mut("participants").and_then(|all| all["attendees"].as_array_mut());
    for attendee in attendees.into_iter().flatten() {
        let named = attendee["identity"]["user"]["id"].as_str().or(attendee["upn"].as_str());
        let Some(named) = named else { return Err(Fault::bad("A participant needs an identity or a upn.")) };
        if let Some(user) = tenant.directory.user(named) {
            let known = json!({ "upn": user.text("userPrincipalName"), "role": attendee["role"], "identity": { "user": identity(user, &tenant.id) } });
            *attendee = known;
        }
    }
    Ok(())
}

fn an_hour_after(start: &Value) -> Value {
    let start = start.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    start.map_or(Value::Null, |start| stamp(seconds_later(start, 3600)).into())
}

fn identity(user: &Entity, tenant: &str) -> Value {
    json!({ "id": user.text("id"), "displayName": user.text("displayName"), "tenantId": tenant, "identityProvider": "AAD" })
}

/// The online meeting of an event that has one.
pub(crate) fn of_event(tenant: &mut Tenant, owner: u64, event: u64) {
    let Some(event) = tenant.mailboxes.get(&owner).and_then(|mailbox| mailbox.events.get(event)) else { return };
    let Some(join) = event.fields.get("onlineMeeting").and_then(|it| it["joinUrl"].as_str()).map(str::to_owned) else {
        return;
    };
    let time = |name: &str| {
        let text = event.fields.get(name).and_then(|it| it["dateTime"].as_str()).unwrap_or_default();
        format!("{}Z", text.get(..19).unwrap_or_default())
    };
    let invited = event.fields.get("attendees").and_then(Value::as_array).into_iter().flatten();
    let attendees: Vec<Value> = invited
        .map(|it| json!({ "upn": it["emailAddress"]["address"], "role": "attendee" }))
        .filter(|it| it["upn"].is_string())
        .collect();
    let given = object(json!({
        "subject": event.text("subject"), "startDateTime": time("start"), "endDateTime": time("end"), "participants": { "attendees": attendees },
    }));
    // The event's own times are sound.
    let _ = add(tenant, owner, given, Some(&join));
}

/// Holds a meeting: it leaves a transcript, a recording and a report of who came, whose keys are returned.
pub(crate) fn hold(tenant: &mut Tenant, meeting: u64, held: &Held<'_>) -> Option<[u64; 3]> {
    let keys: [u64; 3] = std::array::from_fn(|_| tenant.key());
    let people: Vec<(u64, Map<String, Value>)> =
        held.people.iter().filter_map(|alias| attended(tenant, alias, held)).collect();
    let entity = tenant.meetings.meetings.get(meeting)?;
    let user = tenant.directory.users.get(entity.parent)?;
    let (id, organizer) = (entity.text("id").to_owned(), user.text("id").to_owned());
    let ended = seconds_later(held.started, LINE * held.lines.len() as i64 + 60);
    let call = guid(&format!("call {}", keys[0]));
    let artifact = |kind: &str, key: u64| {
        let raw = format!("V2##1{organizer}{}{kind}##{}", tenant.id, guid(&format!("{kind} {key}")));
        object(json!({
            "id": base64::engine::general_purpose::STANDARD.encode(raw), "meetingId": id, "callId": call, "contentCorrelationId": format!("{call}-0"),
            "createdDateTime": stamp(ended), "endDateTime": stamp(ended),
            "meetingOrganizer": { "application": null, "device": null, "user": {
                "@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": organizer, "displayName": null, "userIdentityType": "aadUser",
                "tenantId": tenant.id } },
        }))
    };
    let [transcript, recording, report] = keys;
    let (of_transcript, of_recording) = (artifact("transcript", transcript), artifact("recording", recording));
    let names: Vec<&str> = people.iter().filter_map(|(_, it)| it["identity"]["displayName"].as_str()).collect();
    let (text, spoken) = script(held, &names);
    let all = object(json!({
        "id": guid(&format!("report {report}")), "totalParticipantCount": people.len(), "meetingStartDateTime": stamp(held.started),
        "meetingEndDateTime": stamp(ended),
    }));
    let order = ended.as_second();
    let meetings = &mut tenant.meetings;
    meetings.transcripts.insert(Entity::new(transcript, meeting, order, of_transcript));
    meetings.recordings.insert(Entity::new(recording, meeting, order, of_recording));
    meetings.reports.insert(Entity::new(report, meeting, -order, all));
    meetings.content.insert(transcript, text.into());
    meetings.spoken.insert(transcript, spoken.into());
    meetings.content.insert(recording, film(recording));
    for (key, fields) in people {
        meetings.records.insert(Entity::new(key, report, 0, fields));
    }
    Some(keys)
}

/// Somebody's attendance.
fn attended(tenant: &mut Tenant, alias: &str, held: &Held<'_>) -> Option<(u64, Map<String, Value>)> {
    let key = tenant.key();
    let user = tenant.directory.user(&format!("{alias}@{}", tenant.domain))?;
    let late = if held.people.first() == Some(&alias) { 0 } else { 20 };
    let (joined, left) =
        (seconds_later(held.started, late), seconds_later(held.started, LINE * held.lines.len() as i64 + 60));
    let seconds = left.as_second() - joined.as_second();
    Some((
        key,
        object(json!({
            "id": user.text("id"), "emailAddress": user.text("userPrincipalName"), "totalAttendanceInSeconds": seconds,
            "role": if late == 0 { "Organizer" } else { "Attendee" }, "registrationId": null, "externalRegistrationInformation": null,
            "identity": { "id": user.text("id"), "displayName": user.text("displayName"), "tenantId": tenant.id },
            "attendanceIntervals": [{ "joinDateTime": stamp(joined), "leaveDateTime": stamp(left), "durationInSeconds": seconds }],
        })),
    ))
}

/// The text of a transcript, and its lines with their speakers, both as [WebVTT](https://www.w3.org/TR/webvtt1/).
fn script(held: &Held<'_>, names: &[&str]) -> (String, String) {
    let (mut text, mut spoken) = ("WEBVTT\n".to_owned(), "WEBVTT\n".to_owned());
    for (i, line) in held.lines.iter().enumerate() {
        let name = names.get(i % names.len().max(1)).copied().unwrap_or("Guest");
        let (from, to) = (LINE * i as i64 + 2, LINE * i as i64 + 5);
        let cue = |at: i64| format!("{:02}:{:02}:{:02}.240", at / 3600, at / 60 % 60, at % 60);
        let (from_cue, to_cue) = (cue(from), cue(to));
        text.push_str(&format!("\n{from_cue} --> {to_cue}\n<v {name}>{line}</v>\n"));
        let told = json!({
            "startDateTime": stamp(seconds_later(held.started, from)), "endDateTime": stamp(seconds_later(held.started, to)),
            "speakerName": name, "spokenText": line, "spokenLanguage": "en-us",
        });
        spoken.push_str(&format!("\n{from_cue} --> {to_cue}\n{told}\n"));
    }
    (text, spoken)
}

/// Begins as a file in MP4 does; there is nothing to see.
fn film(key: u64) -> Bytes {
    const BLOCKS: u64 = 32 * 1024;
    let mut film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    // Each tenant is filled with its meetings, and a test has a tenant: a loop that needs no memory of its own.
    let mut block = 0;
    while block < BLOCKS {
        film.extend_from_slice(&(block ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        block += 1;
    }
    film.into()
}
