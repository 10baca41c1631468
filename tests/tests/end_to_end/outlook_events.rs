//! Events.

use connector_runtime::Run;
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::{Stage, as_adele};

covers! {
    action "outlook.create_event": an_event_is_made_changed_and_deleted, what_makes_no_sense_is_refused_before;
    action "outlook.get_event": an_event_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.update_event": an_event_is_made_changed_and_deleted, what_makes_no_sense_is_refused_before;
    action "outlook.delete_event": an_event_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.permanently_delete_event": events_are_deleted_for_good, what_is_not_there_is_not_found;
    action "outlook.cancel_event": a_meeting_is_forwarded_answered_and_cancelled, what_outlook_refuses_is_an_error;
    action "outlook.respond_to_event": a_meeting_is_forwarded_answered_and_cancelled, what_outlook_refuses_is_an_error;
    action "outlook.forward_event": a_meeting_is_forwarded_answered_and_cancelled, what_is_not_there_is_not_found;
    action "outlook.dismiss_event_reminder": reminders_come_later_or_not_at_all, what_is_not_there_is_not_found;
    action "outlook.snooze_event_reminder": reminders_come_later_or_not_at_all, what_makes_no_sense_is_refused_before;
    action "outlook.list_reminders": reminders_come_later_or_not_at_all, what_makes_no_sense_is_refused_before;
    action "outlook.list_events": events_are_listed_and_found, what_makes_no_sense_is_refused_before;
    action "outlook.search_events": events_are_listed_and_found, what_makes_no_sense_is_refused_before;
    action "outlook.list_event_instances": a_series_keeps_its_local_time, what_is_not_there_is_not_found;
    action "outlook.get_calendar_view": a_series_keeps_its_local_time, what_makes_no_sense_is_refused_before;
    action "outlook.list_event_changes": changes_are_told_once, what_makes_no_sense_is_refused_before;
    action "outlook.get_schedule": it_is_known_who_is_free, what_makes_no_sense_is_refused_before;
    action "outlook.find_meeting_times": it_is_known_who_is_free, an_app_gets_no_proposals;
    action "outlook.list_room_lists": rooms_stand_in_their_lists, nobody_looks_without_the_permission;
    action "outlook.list_rooms": rooms_stand_in_their_lists, nobody_looks_without_the_permission;
    action "outlook.list_rooms_in_room_list": rooms_stand_in_their_lists, nobody_looks_without_the_permission;
    action "outlook.list_event_attachments": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    action "outlook.add_event_attachment": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    action "outlook.download_event_attachment": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    action "outlook.delete_event_attachment": files_are_attached_and_come_back, what_is_not_there_is_not_found;
    picklist "outlook.events": events_are_offered_by_subject_and_start, nobody_looks_without_the_permission;
}

const GONE: &str = "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAD0JAAA==";

fn subjects(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["subject"].as_str().unwrap()).collect()
}

fn planning() -> Value {
    json!({ "subject": "Planning", "start": "2027-03-01T09:00", "end": "2027-03-01T10:00", "timeZone": "Europe/Berlin" })
}

async fn event(stage: &Stage, subject: &str) -> Value {
    stage.works("outlook.search_events", json!({ "subjectContains": subject })).await["items"][0]["id"].clone()
}

#[tokio::test]
async fn an_event_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let mut input = planning();
    input["attendees"] = json!([{ "email": "meganb@contoso.example", "name": "Megan Bowen" }]);
    input["location"] = json!({ "displayName": "Room 12" });
    input["isOnlineMeeting"] = json!(true);
    input["attachments"] = json!([{ "name": "agenda.txt", "content": { "text": "1. Welcome" } }]);
    let made = stage.works("outlook.create_event", input).await;
    assert_eq!(
        made["start"],
        json!({ "dateTime": "2027-03-01T09:00:00.0000000", "timeZone": "W. Europe Standard Time" }),
        "the zone by the name that Exchange knows"
    );
    assert_eq!((&made["hasAttachments"], &made["attendees"][0]["type"]), (&json!(true), &json!("required")));
    assert!(made["onlineMeeting"]["joinUrl"].as_str().unwrap().starts_with("https://"), "{made}");
    let id = &made["id"];
    stage
        .works("outlook.update_event", json!({ "eventId": id, "subject": "Moved", "location": null, "showAs": "free" }))
        .await;
    let read = stage.works("outlook.get_event", json!({ "eventId": id, "timeZone": "UTC" })).await;
    assert_eq!(
        (&read["subject"], &read["showAs"], &read["start"]["dateTime"]),
        (&json!("Moved"), &json!("free"), &json!("2027-03-01T08:00:00.0000000"))
    );
    let theirs = Run::new(
        "outlook.search_events",
        "app",
        json!({ "mailbox": "meganb@contoso.example", "subjectContains": "Moved" }),
    );
    assert_eq!(
        stage.execute(theirs).await.unwrap()["items"].as_array().unwrap().len(),
        1,
        "it is in Megan's calendar too"
    );
    stage.works("outlook.delete_event", json!({ "eventId": id })).await;
    assert_eq!(stage.fails("outlook.get_event", json!({ "eventId": id })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn those_who_are_invited_get_the_files() {
    let stage = Stage::new();
    let mut input = planning();
    input["attendees"] = json!([{ "email": "meganb@contoso.example" }]);
    input["attachments"] = json!([{ "name": "agenda.txt", "content": { "text": "1. Welcome" } }]);
    let run = as_adele("outlook.create_event", input).key("agenda");
    let made = stage.execute(run.clone()).await.unwrap();
    assert_eq!(made["attendees"][0]["emailAddress"]["address"], "meganb@contoso.example", "{made}");
    stage.execute(run).await.unwrap();
    let found = json!({ "mailbox": "meganb@contoso.example", "subjectContains": "Planning" });
    let theirs = stage.execute(Run::new("outlook.search_events", "app", found)).await.unwrap();
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1, "{theirs}");
    let list = json!({ "mailbox": "meganb@contoso.example", "eventId": theirs["items"][0]["id"] });
    let files = stage.execute(Run::new("outlook.list_event_attachments", "app", list)).await.unwrap();
    assert_eq!(files["items"][0]["name"], "agenda.txt", "{files}");
}

#[tokio::test]
async fn a_new_text_ends_no_online_meeting() {
    let stage = Stage::new();
    let mut input = planning();
    input["isOnlineMeeting"] = json!(true);
    let made = stage.works("outlook.create_event", input).await;
    let join = made["onlineMeeting"]["joinUrl"].as_str().unwrap();
    for text in ["First & best", "Second"] {
        let change = json!({ "eventId": made["id"], "body": text, "bodyType": "text" });
        let changed = stage.works("outlook.update_event", change).await;
        assert_eq!((&changed["isOnlineMeeting"], &changed["onlineMeeting"]["joinUrl"]), (&json!(true), &json!(join)));
    }
    let read = stage.works("outlook.get_event", json!({ "eventId": made["id"] })).await;
    let content = read["body"]["content"].as_str().unwrap();
    assert!(
        content.starts_with("Second") && !content.contains("First") && content.matches(join).count() == 1,
        "{content}"
    );
    // Graph itself ends it.
    let bare = json!({ "method": "PATCH", "url": format!("/me/events/{}", made["id"].as_str().unwrap()), "data": { "body": { "contentType": "text", "content": "x" } } });
    let ended = stage.works("outlook.raw_request", bare).await;
    assert!(ended.to_string().contains("\"isOnlineMeeting\":false"), "{ended}");
}

#[tokio::test(start_paused = true)]
async fn an_event_with_a_key_is_made_once() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/events").method("POST").once());
    let made = stage.execute(as_adele("outlook.create_event", planning()).key("order-17")).await.unwrap();
    let found = stage.works("outlook.search_events", json!({ "subjectContains": "Planning" })).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "the answer was lost, and the event is there once");
    assert_eq!(found["items"][0]["id"], made["id"]);
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/events").method("POST").once());
    let error = stage.fails("outlook.create_event", planning()).await;
    assert_eq!(error.code(), Code::OutcomeUnknown, "without a key nobody knows");
}

#[tokio::test]
async fn whole_days_are_whole_days() {
    let stage = Stage::new();
    let fair = json!({ "subject": "Fair", "start": "2027-03-01", "end": "2027-03-03", "isAllDay": true, "timeZone": "W. Europe Standard Time" });
    let made = stage.works("outlook.create_event", fair).await;
    assert_eq!(made["isAllDay"], true);
    let read = stage.works("outlook.get_event", json!({ "eventId": made["id"] })).await;
    assert_eq!(read["start"]["dateTime"], "2027-03-01T00:00:00.0000000", "it is on its day in every zone");
}

#[tokio::test]
async fn a_series_keeps_its_local_time() {
    let stage = Stage::new();
    let mut input = planning();
    // Clocks change on 28 March.
    input["start"] = json!("2027-03-22T09:00");
    input["end"] = json!("2027-03-22T10:00");
    let patterns = [
        (
            json!({ "type": "weekly", "interval": 1, "daysOfWeek": ["monday"] }),
            3,
            vec!["2027-03-22", "2027-03-29", "2027-04-05"],
        ),
        (json!({ "type": "daily", "interval": 7 }), 2, vec!["2027-03-22", "2027-03-29"]),
        (json!({ "type": "absoluteMonthly", "interval": 1, "dayOfMonth": 22 }), 2, vec!["2027-03-22", "2027-04-22"]),
        (
            json!({ "type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "fourth" }),
            2,
            vec!["2027-03-22", "2027-04-26"],
        ),
        (
            json!({ "type": "absoluteYearly", "interval": 1, "dayOfMonth": 22, "month": 3 }),
            2,
            vec!["2027-03-22", "2028-03-22"],
        ),
        (
            json!({ "type": "relativeYearly", "interval": 1, "daysOfWeek": ["monday"], "index": "fourth", "month": 3 }),
            2,
            vec!["2027-03-22", "2028-03-27"],
        ),
    ];
    for (pattern, times, days) in patterns {
        input["recurrence"] =
            json!({ "pattern": pattern, "range": { "type": "numbered", "numberOfOccurrences": times } });
        let made = stage.works("outlook.create_event", input.clone()).await;
        let window =
            json!({ "eventId": made["id"], "start": "2027-01-01", "end": "2030-01-01", "timeZone": "Europe/Berlin" });
        let list = stage.works("outlook.list_event_instances", window).await;
        let starts: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|it| it["start"]["dateTime"].as_str().unwrap()).collect();
        let expected: Vec<String> = days.iter().map(|day| format!("{day}T09:00:00.0000000")).collect();
        assert_eq!(starts, expected, "{pattern}");
        stage.works("outlook.delete_event", json!({ "eventId": made["id"] })).await;
    }
    let view = json!({ "start": "2026-01-01", "end": "2027-12-31", "timeZone": "UTC", "limit": 100, "query": { "filter": "subject eq 'Mark 8 review'" } });
    assert_eq!(
        stage.works("outlook.get_calendar_view", view).await["items"].as_array().unwrap().len(),
        8,
        "occurrences come one by one"
    );
}

#[tokio::test]
async fn a_meeting_is_forwarded_answered_and_cancelled() {
    let stage = Stage::new();
    let tour = event(&stage, "Tour of the lab").await;
    stage
        .works("outlook.respond_to_event", json!({ "eventId": tour, "response": "tentative", "comment": "Perhaps." }))
        .await;
    let read = stage.works("outlook.get_event", json!({ "eventId": tour })).await;
    assert_eq!(read["responseStatus"]["response"], "tentativelyAccepted");
    let mut input = planning();
    input["attendees"] = json!([{ "email": "meganb@contoso.example" }]);
    let made = stage.works("outlook.create_event", input).await;
    assert_eq!(
        stage.works("outlook.forward_event", json!({ "eventId": made["id"], "to": ["alexw@contoso.example"] })).await,
        json!({ "forwarded": true })
    );
    let calendars = |mailbox: &str| {
        Run::new("outlook.search_events", "app", json!({ "mailbox": mailbox, "subjectContains": "Planning" }))
    };
    for mailbox in ["meganb@contoso.example", "alexw@contoso.example"] {
        assert_eq!(stage.execute(calendars(mailbox)).await.unwrap()["items"].as_array().unwrap().len(), 1, "{mailbox}");
    }
    let cancelled =
        stage.works("outlook.cancel_event", json!({ "eventId": made["id"], "comment": "Not needed." })).await;
    assert_eq!(cancelled, json!({ "cancelled": true }));
    assert_eq!(stage.execute(calendars("meganb@contoso.example")).await.unwrap()["items"], json!([]));
}

#[tokio::test]
async fn reminders_come_later_or_not_at_all() {
    let stage = Stage::new();
    let (budget, lunch) = (event(&stage, "Budget").await, event(&stage, "Lunch").await);
    let window = json!({ "start": "2020-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z" });
    assert_eq!(stage.works("outlook.list_reminders", window).await["items"], json!([]));
    let now = stage.works("outlook.get_event", json!({ "eventId": budget })).await["start"]["dateTime"]
        .as_str()
        .unwrap()[..10]
        .to_owned();
    let around =
        |days: i64| now.parse::<jiff::civil::Date>().unwrap().saturating_add(jiff::Span::new().days(days)).to_string();
    let window = json!({ "start": around(-1), "end": around(5), "timeZone": "UTC" });
    let of =
        |list: &Value, id: &Value| list["items"].as_array().unwrap().iter().find(|it| it["eventId"] == *id).cloned();
    let before = stage.works("outlook.list_reminders", window.clone()).await;
    assert!(of(&before, &budget).is_some() && of(&before, &lunch).is_some(), "{before}");
    stage.works("outlook.dismiss_event_reminder", json!({ "eventId": budget })).await;
    stage
        .works(
            "outlook.snooze_event_reminder",
            json!({ "eventId": lunch, "newReminderTime": "2027-01-01T08:00", "timeZone": "Europe/Berlin" }),
        )
        .await;
    let after = stage.works("outlook.list_reminders", window).await;
    assert!(of(&after, &budget).is_none(), "{after}");
    assert_eq!(of(&after, &lunch).unwrap()["reminderFireTime"]["dateTime"], "2027-01-01T07:00:00.0000000");
}

#[tokio::test]
async fn events_are_listed_and_found() {
    let stage = Stage::new();
    let query = json!({ "select": ["subject", "start"], "orderby": "subject" });
    let list =
        stage.works("outlook.list_events", json!({ "limit": 2, "query": query, "timeZone": "Europe/Berlin" })).await;
    assert_eq!(subjects(&list), ["Budget meeting", "Handover"]);
    assert_eq!(list["items"][0]["start"]["timeZone"], "W. Europe Standard Time");
    let more = json!({ "limit": 1, "query": query, "timeZone": "Europe/Berlin", "pageToken": list["nextPageToken"] });
    let more = stage.works("outlook.list_events", more).await;
    assert_eq!(
        (subjects(&more), &more["items"][0]["start"]["timeZone"]),
        (vec!["Interview"], &json!("W. Europe Standard Time")),
        "the zone stays on every page"
    );
    for (input, found) in [
        (json!({ "subjectContains": "meeting" }), vec!["Budget meeting"]),
        (json!({ "organizerEmail": "LEEG@contoso.example", "select": ["subject"] }), vec!["Tour of the lab"]),
        (json!({ "attendeeEmail": "adelev@contoso.example" }), vec!["Tour of the lab"]),
        (json!({ "attendeeEmail": "adelev@contoso.example", "subjectContains": "o'neil" }), vec![]),
        (json!({ "startBefore": "2001-01-01T00:00:00Z" }), vec![]),
        (
            json!({ "startAfter": "2001-01-01", "timeZone": "Europe/Berlin", "filter": "hasAttachments eq true" }),
            vec!["Handover"],
        ),
    ] {
        assert_eq!(subjects(&stage.works("outlook.search_events", input.clone()).await), found, "{input}");
    }
}

#[tokio::test]
async fn changes_are_told_once() {
    let stage = Stage::new();
    let all = stage
        .works("outlook.list_event_changes", json!({ "start": "2027-01-01", "end": "2027-12-31", "timeZone": "UTC" }))
        .await;
    let made = stage.works("outlook.create_event", planning()).await;
    let since = stage.works("outlook.list_event_changes", json!({ "deltaToken": all["deltaToken"] })).await;
    assert_eq!(subjects(&since), ["Planning"]);
    stage.works("outlook.delete_event", json!({ "eventId": made["id"] })).await;
    let gone = stage.works("outlook.list_event_changes", json!({ "deltaToken": since["deltaToken"] })).await;
    assert_eq!((&gone["items"], gone["removed"].as_array().unwrap().len()), (&json!([]), 1));
}

#[tokio::test]
async fn it_is_known_who_is_free() {
    let stage = Stage::with(&["Calendars.ReadWrite", "Calendars.Read.Shared"]);
    stage.works("outlook.create_event", planning()).await;
    let input = json!({
        "schedules": ["adelev@contoso.example", "nobody@contoso.example"], "start": "2027-03-01T08:00", "end": "2027-03-01T11:00",
        "intervalMinutes": 60, "timeZone": "Europe/Berlin",
    });
    let schedule = stage.works("outlook.get_schedule", input).await;
    assert_eq!(schedule["items"][0]["availabilityView"], "020", "busy from nine to ten in Berlin");
    assert!(schedule["items"][1]["error"]["message"].is_string(), "{schedule}");
    let slots = json!([{ "start": "2027-03-01T09:00", "end": "2027-03-01T11:00" }]);
    let input = json!({ "timeSlots": slots, "meetingDuration": "PT1H", "timeZone": "Europe/Berlin" });
    let times = stage.works("outlook.find_meeting_times", input).await;
    let first = &times["meetingTimeSuggestions"][0]["meetingTimeSlot"]["start"]["dateTime"];
    assert_eq!(first, "2027-03-01T09:00:00.0000000", "ten in Berlin, when the meeting is over, in UTC");
}

#[tokio::test]
async fn an_app_gets_no_proposals() {
    let stage = Stage::new();
    let run = Run::new("outlook.find_meeting_times", "app", json!({ "mailbox": "adelev@contoso.example" }));
    let error = stage.execute(run).await.unwrap_err();
    assert_eq!((error.code(), stage.sandbox.request_count()), (Code::InvalidInput, 0), "{error}");
}

#[tokio::test]
async fn rooms_stand_in_their_lists() {
    let stage = Stage::new();
    let lists = stage.works("outlook.list_room_lists", json!({})).await;
    let rooms = stage
        .works("outlook.list_rooms_in_room_list", json!({ "roomListEmail": lists["items"][0]["emailAddress"] }))
        .await;
    let names: Vec<&str> =
        rooms["items"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap()).collect();
    assert_eq!(names, ["Room 12", "Lab"]);
    assert_eq!(stage.works("outlook.list_rooms", json!({})).await["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn files_are_attached_and_come_back() {
    let stage = Stage::new();
    let id = event(&stage, "Budget").await;
    let small =
        json!({ "eventId": id, "name": "agenda.txt", "content": { "text": "1." }, "contentType": "text/plain" });
    let small = stage.works("outlook.add_event_attachment", small).await;
    let large = json!({ "eventId": id, "name": "large.txt", "content": { "text": "x".repeat(4 << 20) } });
    stage.works("outlook.add_event_attachment", large).await;
    let one = json!({ "eventId": id, "attachmentId": small["id"] });
    let file = stage.works("outlook.download_event_attachment", one.clone()).await;
    assert_eq!((&file["name"], &file["base64"]), (&json!("agenda.txt"), &json!("MS4=")));
    stage.works("outlook.delete_event_attachment", one).await;
    let left = stage.works("outlook.list_event_attachments", json!({ "eventId": id })).await;
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    assert_eq!(left["items"][0]["name"], "large.txt");
    let files: Vec<Value> =
        (0..3).map(|at| json!({ "eventId": id, "name": format!("{at}.txt"), "content": { "text": "x" } })).collect();
    let many = stage.works("outlook.add_event_attachment", json!({ "items": files })).await;
    assert_eq!((&many["succeeded"], &many["failed"]), (&json!(3), &json!(0)), "one after the other: {many}");
}

#[tokio::test]
async fn events_are_deleted_for_good() {
    let stage = Stage::new();
    let id = event(&stage, "Budget").await;
    assert_eq!(
        stage.works("outlook.permanently_delete_event", json!({ "eventId": id, "confirm": true })).await,
        json!({ "deleted": true })
    );
    assert_eq!(stage.fails("outlook.get_event", json!({ "eventId": id })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn events_are_offered_by_subject_and_start() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.events", json!({}), Some("budget")).await.unwrap();
    assert_eq!(choices.choices.len(), 1, "{choices:?}");
    assert!(choices.choices[0].label.starts_with("Budget meeting – 2"), "{choices:?}");
}

#[tokio::test]
async fn nobody_looks_without_the_permission() {
    let stage = Stage::with(&["User.Read"]);
    assert_eq!(stage.choices("outlook.events", json!({}), None).await.unwrap_err().code(), Code::MissingScope);
    for (action, input) in [
        ("list_room_lists", json!({})),
        ("list_rooms", json!({})),
        ("list_rooms_in_room_list", json!({ "roomListEmail": "a@contoso.example" })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert!(
            error.code() == Code::MissingScope && error.to_string().contains("Place.Read.All"),
            "{action}: {error}"
        );
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    let there = event(&stage, "Budget").await;
    for (action, input) in [
        ("get_event", json!({ "eventId": GONE })),
        ("delete_event", json!({ "eventId": GONE })),
        ("permanently_delete_event", json!({ "eventId": GONE, "confirm": true })),
        ("forward_event", json!({ "eventId": GONE, "to": ["alexw@contoso.example"] })),
        ("dismiss_event_reminder", json!({ "eventId": GONE })),
        (
            "list_event_instances",
            json!({ "eventId": GONE, "start": "2027-01-01", "end": "2027-02-01", "timeZone": "UTC" }),
        ),
        ("list_event_attachments", json!({ "eventId": GONE })),
        ("add_event_attachment", json!({ "eventId": GONE, "name": "a", "content": { "text": "x" } })),
        ("download_event_attachment", json!({ "eventId": there, "attachmentId": GONE })),
        ("delete_event_attachment", json!({ "eventId": there, "attachmentId": GONE })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn what_outlook_refuses_is_an_error() {
    let stage = Stage::new();
    let (tour, budget) = (event(&stage, "Tour of the lab").await, event(&stage, "Budget").await);
    for (action, input) in [
        ("cancel_event", json!({ "eventId": tour })),
        ("respond_to_event", json!({ "eventId": budget, "response": "accept" })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert!(error.code() == Code::Rejected && error.to_string().contains("organizer"), "{action}: {error}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before() {
    let stage = Stage::new();
    let backwards = json!({ "start": "2027-03-02", "end": "2027-03-01", "timeZone": "Europe/Berlin" });
    let with = |more: Value| {
        let mut input = backwards.clone();
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        input
    };
    for (action, input, place) in [
        ("create_event", json!({ "subject": "X", "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" }), "/start"),
        ("create_event", json!({ "subject": "X", "end": "2027-03-01T10:00:00Z" }), "/start"),
        ("create_event", with(json!({ "subject": "X", "isAllDay": true })), "/end"),
        ("update_event", with(json!({ "eventId": GONE })), "/end"),
        (
            "snooze_event_reminder",
            json!({ "eventId": GONE, "newReminderTime": "2027-03-01T09:00" }),
            "/newReminderTime",
        ),
        ("list_reminders", backwards.clone(), "/end"),
        ("list_reminders", json!({ "start": "2027-03-01", "end": "2027-03-02" }), "/start"),
        ("get_calendar_view", json!({ "start": "2027-03-01T09:00", "end": "2027-03-02T09:00:00Z" }), "/start"),
        (
            "list_event_instances",
            json!({ "eventId": GONE, "start": "2027-03-01T09:00:00Z", "end": "2027-03-02T09:00" }),
            "/end",
        ),
        ("search_events", json!({ "startAfter": "2027-03-01" }), "/startAfter"),
        (
            "get_schedule",
            json!({ "schedules": ["a@contoso.example"], "start": "2027-03-01", "end": "2027-03-02" }),
            "/start",
        ),
        ("list_events", json!({ "query": { "search": "x" } }), "/query/search"),
        ("search_events", json!({}), "/subjectContains"),
        ("get_calendar_view", backwards.clone(), "/end"),
        ("list_event_changes", json!({ "start": "2027-03-01" }), "/end"),
        ("get_schedule", with(json!({ "schedules": ["a@contoso.example"] })), "/end"),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(
            (error.code(), error.violations()[0].pointer.as_str()),
            (Code::InvalidInput, place),
            "{action}: {error}"
        );
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}
