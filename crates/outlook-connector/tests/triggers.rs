//! Triggers against exchanges as people have met them.

use connector_sdk::{Context, Json, Response, ScriptedRun};
use outlook_connector::connector;
use serde_json::{Value, json};

#[path = "../../../tests/support/watch.rs"]
mod watch;

use watch::{GRAPH, LATER, NOW, Watch, answer, changes, refusal};

#[test]
fn what_comes_after_the_first_round_fires_whatever_its_date() {
    let old = "2024-03-01T08:00:00Z";
    for (trigger, id) in [("new_or_updated_contact", "N v7"), ("new_or_updated_email", "N v7")] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        let item = |id: &str| json!([{ "id": id, "changeKey": "v7", "lastModifiedDateTime": old }]);
        assert!(watch.ids(NOW, vec![changes(item("O"), "1")]).is_empty(), "{trigger}: it was there before");
        assert_eq!(watch.ids(LATER, vec![changes(item("N"), "2")]), [id], "{trigger}");
        // A round that begins again has the first round's rules again.
        assert!(
            watch.ids(LATER, vec![refusal(410, "syncStateNotFound", "m"), changes(item("O"), "3")]).is_empty(),
            "{trigger}"
        );
    }
    let mut watch = Watch::new(connector(), "email_flagged", json!({}));
    let item = json!([{ "id": "N", "flag": { "flagStatus": "flagged" }, "lastModifiedDateTime": old }]);
    assert!(watch.ids(NOW, vec![changes(item.clone(), "1")]).is_empty());
    assert_eq!(watch.ids(LATER, vec![changes(item, "2")]), [r#"N {"flagStatus":"flagged"}"#]);
}

#[test]
fn a_place_that_an_older_version_kept_goes_on_in_its_first_round() {
    let mut watch = Watch::new(connector(), "new_or_updated_contact", json!({}));
    watch.cursor = Some(Json::of(&json!({ "link": format!("{GRAPH}/delta?token=0"), "since": NOW })).unwrap());
    let old = json!([{ "id": "O", "lastModifiedDateTime": "2024-03-01T08:00:00Z" }]);
    assert!(watch.ids(LATER, vec![changes(old.clone(), "1")]).is_empty());
    assert_eq!(watch.ids(LATER, vec![changes(old, "2")]).len(), 1);
}

#[test]
fn a_message_with_pictures_in_its_text_has_attachments() {
    let message = json!([{ "id": "M1", "receivedDateTime": NOW, "hasAttachments": false, "subject": "Screenshot", "categories": [] }]);
    let picture = json!({ "@odata.type": "#microsoft.graph.fileAttachment", "id": "A1", "name": "image001.png", "contentType": "image/png", "size": 916, "isInline": true });

    let mut watch = Watch::new(connector(), "new_attachment", json!({ "includeInline": true }));
    let script = vec![changes(message.clone(), "1"), answer(json!({ "value": [picture] }))];
    let events = watch.look(NOW, script);
    assert_eq!((events[0].0.as_str(), &events[0].1["attachment"]["id"]), ("M1 A1", &json!("A1")));

    let mut watch = Watch::new(connector(), "new_attachment", json!({}));
    assert!(
        watch.ids(NOW, vec![changes(message.clone(), "1")]).is_empty(),
        "none is wanted that is shown inside the text"
    );

    let mut watch = Watch::new(connector(), "new_email", json!({ "includeAttachments": true }));
    let whole = json!({ "id": "M1", "subject": "Screenshot", "hasAttachments": false, "attachments": [picture] });
    let events = watch.look(NOW, vec![changes(message, "1"), answer(whole)]);
    assert_eq!(events[0].1["attachments"][0]["id"], "A1");
}

#[test]
fn a_place_that_is_refused_begins_again() {
    for (status, code) in [(400, "ErrorInvalidRequest"), (404, "ErrorItemNotFound"), (410, "x"), (422, "y")] {
        for trigger in ["new_email", "new_or_updated_email", "new_contact", "new_attachment", "email_sent"] {
            let item = json!([{ "id": "M", "changeKey": "1", "receivedDateTime": NOW, "createdDateTime": NOW, "sentDateTime": NOW, "lastModifiedDateTime": NOW, "hasAttachments": false }]);
            let mut watch = Watch::new(connector(), trigger, json!({}));
            let before = watch.ids(NOW, vec![changes(item.clone(), "1")]);
            let beginning = watch.sent[0].clone();
            let script = vec![refusal(status, code, "Badly formed token."), changes(item, "2")];
            assert_eq!(watch.ids(LATER, script), before, "{trigger}: the same events");
            assert_eq!(watch.sent.last(), Some(&beginning), "{trigger}");
            watch.look(LATER, vec![changes(json!([]), "3")]);
            assert!(watch.sent[0].ends_with("token=2"), "{trigger}");
        }
    }
    let mut watch = Watch::new(connector(), "new_email", json!({}));
    assert_eq!(watch.try_look(NOW, vec![refusal(400, "x", "m")]).unwrap_err().status(), Some(400), "nothing was kept");
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let trouble = || refusal(500, "generalException", "m");
    assert_eq!(
        watch.try_look(LATER, vec![trouble(), trouble()]).unwrap_err().status(),
        Some(500),
        "Graph is in trouble"
    );
    watch.look(LATER, vec![trouble(), changes(json!([]), "2"), trouble()]);
    assert!(watch.cursor.as_ref().unwrap().as_str().contains("token=2"), "the place is");
}

#[test]
fn a_beginning_that_leads_to_a_refused_place_is_not_looked_at_without_pause() {
    let page = || answer(json!({ "value": [], "@odata.nextLink": format!("{GRAPH}/next") }));
    for trigger in ["new_email", "new_contact", "new_event"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        watch.look(NOW, vec![page()]);
        assert!(watch.more);
        watch.look(NOW, vec![refusal(400, "BadRequest", "m"), page()]);
        assert!(!watch.more, "{trigger}");
    }
}

#[test]
fn an_item_is_handed_on_whatever_it_holds() {
    let odd = [
        r#""subject":null,"categories":null,"importance":"urgent","from":{},"flag":7"#,
        r#""subject":"\ud83d","from":"nobody","toRecipients":[{}],"body":"text","start":null,"changeKey":12"#,
        r#""importance":{},"isRead":"no","sender":[],"emailAddresses":"x","attendees":{},"end":5"#,
    ];
    for (trigger, time) in [
        ("new_email", "receivedDateTime"),
        ("new_or_updated_email", "lastModifiedDateTime"),
        ("new_email_matching_search", "receivedDateTime"),
        ("email_sent", "sentDateTime"),
        ("new_contact", "createdDateTime"),
        ("new_or_updated_contact", "lastModifiedDateTime"),
        ("new_event", "createdDateTime"),
        ("new_or_updated_event", "lastModifiedDateTime"),
        ("upcoming_event", "x"),
    ] {
        let input =
            if trigger == "new_email_matching_search" { json!({ "filter": "isRead eq false" }) } else { json!({}) };
        let items: Vec<String> =
            odd.iter().enumerate().map(|(at, odd)| format!(r#"{{"id":"{at}","{time}":"{LATER}",{odd}}}"#)).collect();
        let page = format!(r#"{{"value":[{}],"@odata.deltaLink":"{GRAPH}/delta"}}"#, items.join(","));
        let told = Watch::new(connector(), trigger, input).texts(NOW, vec![Response::new(200, page)]);
        assert_eq!(told, items, "{trigger}");
    }
}

#[test]
fn an_item_without_a_time_is_told_where_the_list_was_asked_for_new_ones() {
    for (trigger, expected) in [("new_event", "E"), ("new_or_updated_event", "E k")] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        assert_eq!(
            watch
                .ids(NOW, vec![answer(json!({ "value": [{ "id": "E", "changeKey": "k", "createdDateTime": null }] }))]),
            [expected]
        );
    }
}

#[test]
fn an_address_that_the_rules_forbid_can_be_compared_with() {
    let messages = json!([
        { "id": "1", "receivedDateTime": NOW, "from": { "emailAddress": { "address": "A..b@docomo.ne.jp" } } },
        { "id": "2", "receivedDateTime": NOW, "from": { "emailAddress": { "address": "\"a..b\"@docomo.ne.jp" } } },
        { "id": "3", "receivedDateTime": NOW, "from": { "emailAddress": { "address": "a.b@docomo.ne.jp" } } },
    ]);
    let mut watch = Watch::new(connector(), "new_email", json!({ "from": "a..b@docomo.ne.jp" }));
    assert_eq!(watch.ids(NOW, vec![changes(messages, "1")]), ["1", "2"]);
}

#[test]
fn zones_are_named_as_exchange_knows_them() {
    let send = |action: &str, input: Value| {
        let plan = connector().find_action(action).unwrap().plan(input, &Context::user()).unwrap();
        let mut stage = ScriptedRun::new([answer(json!({ "id": "E", "value": [] }))]);
        stage.run(plan).unwrap();
        stage.sent.remove(0)
    };
    let event = json!({ "subject": "Stand-up", "start": "2026-11-02T09:00", "end": "2026-11-02T09:15", "timeZone": "Europe/Kyiv",
        "recurrence": { "pattern": { "type": "daily", "interval": 1 }, "range": { "type": "noEnd" } } });
    let sent = send("create_event", event);
    let body = sent.body.unwrap();
    assert_eq!(
        (&body["start"]["timeZone"], &body["end"]["timeZone"]),
        (&json!("FLE Standard Time"), &json!("FLE Standard Time"))
    );
    assert_eq!(body["recurrence"]["range"]["recurrenceTimeZone"], "FLE Standard Time");
    assert!(sent.headers["prefer"].contains("outlook.timezone=\"FLE Standard Time\""), "{}", sent.headers["prefer"]);
    let sent = send("list_events", json!({ "timeZone": "America/Los_Angeles" }));
    assert!(sent.headers["prefer"].contains("\"Pacific Standard Time\""));
    let sent = send(
        "find_meeting_times",
        json!({ "timeZone": "America/Los_Angeles", "attendees": [{ "email": "m@contoso.example" }] }),
    );
    assert!(!format!("{:?}", sent).contains("America/Los_Angeles"));
}

#[test]
fn one_odd_entry_spoils_no_picklist() {
    let choices = |name: &str, items: Value| -> Vec<(String, String)> {
        let connector = connector();
        let picklist = connector.find_picklist(name).unwrap();
        let plan = picklist.choices(json!({}), connector_sdk::ChoiceQuery::default(), &Context::user()).unwrap();
        let found = ScriptedRun::new([answer(json!({ "value": items }))]).run(plan).unwrap();
        found.choices.into_iter().map(|choice| (choice.value, choice.label)).collect()
    };
    let one = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    assert_eq!(
        choices("calendars", json!([{ "name": "no id" }, { "id": "1", "name": 7, "owner": "x" }])),
        [one("1", "7")]
    );
    assert_eq!(
        choices("categories", json!([{ "displayName": null }, { "displayName": "Red" }, 17])),
        [one("Red", "Red")]
    );
    assert_eq!(choices("time_zones", json!([{ "alias": "UTC" }, { "alias": null }])), [one("UTC", "UTC")]);
    assert_eq!(
        choices("mail_folders", json!([{ "id": "F", "displayName": null, "childFolderCount": 0 }, {}])),
        [one("F", "F")]
    );
    assert_eq!(
        choices("messages", json!([{ "id": "M", "subject": {}, "from": [] }, null])),
        [one("M", "(no subject)")]
    );
}

fn page(items: Value, next: &str) -> Response {
    answer(json!({ "value": items, "@odata.nextLink": format!("{GRAPH}/{next}") }))
}

#[test]
fn a_fragment_is_read_whole_before_it_is_judged() {
    let whole = json!({ "id": "M", "changeKey": "2", "subject": "Invoice", "isRead": true, "receivedDateTime": LATER, "lastModifiedDateTime": LATER,
        "sentDateTime": LATER, "createdDateTime": LATER, "hasAttachments": false, "flag": { "flagStatus": "flagged" } });
    let old = json!({ "id": "O", "changeKey": "9", "subject": "Invoice", "receivedDateTime": "2024-01-01T00:00:00Z", "sentDateTime": "2024-01-01T00:00:00Z",
        "createdDateTime": "2024-01-01T00:00:00Z", "lastModifiedDateTime": LATER, "flag": { "flagStatus": "notFlagged" } });
    let fragments = || {
        changes(
            json!([{ "id": "M", "isRead": true }, { "id": "O", "isRead": true }, { "id": "G", "isRead": true }]),
            "2",
        )
    };
    let gone = || refusal(404, "ErrorItemNotFound", "m");
    let filter = json!({ "subjectContains": "invoice" });
    for (trigger, input, expected) in [
        ("new_email", filter.clone(), vec!["M"]),
        ("new_or_updated_email", filter.clone(), vec!["M 2", "O 9"]),
        ("email_flagged", filter, vec![r#"M {"flagStatus":"flagged"}"#]),
        ("email_sent", json!({}), vec!["M"]),
        ("new_contact", json!({}), vec!["M"]),
        ("new_or_updated_contact", json!({}), vec!["M 2", "O 9"]),
    ] {
        let mut watch = Watch::new(connector(), trigger, input);
        watch.look(NOW, vec![changes(json!([]), "1")]);
        let script = || vec![fragments(), answer(whole.clone()), answer(old.clone()), gone()];
        let events = watch.look(LATER, script());
        assert_eq!(events.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), expected, "{trigger}");
        assert_eq!(events[0].1, whole, "{trigger}: the event is the whole item");
        let item = if trigger.ends_with("contact") { "/me/contacts/M" } else { "/me/messages/M" };
        assert_eq!(watch.sent[1], item, "{trigger}");
        // Told once more, it is the same event.
        assert_eq!(watch.ids(LATER, script()), expected, "{trigger}");
    }
    // A server that cannot read one of them holds up no other; one that has no time is waited for.
    let mut watch = Watch::new(connector(), "new_or_updated_email", json!({}));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let trouble = |status| refusal(status, "x", "m");
    assert_eq!(watch.ids(LATER, vec![fragments(), trouble(500), answer(old.clone()), trouble(400)]).len(), 3);
    assert_eq!(
        watch.try_look(LATER, vec![fragments(), trouble(503), answer(old), gone()]).unwrap_err().status(),
        Some(503)
    );
}

#[test]
fn what_goes_comes_back_and_goes_again_is_told_twice_and_a_replay_once() {
    let gone = || json!({ "id": "A", "@removed": { "reason": "deleted" } });
    let there = || json!({ "id": "A", "subject": "x" });
    for trigger in ["deleted_email", "deleted_contact", "deleted_event"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        // An event is looked for before it is told: what is gone from a span of time may have been moved out of it.
        let page = |items: Value, token: &str| match trigger {
            "deleted_event" => vec![changes(items, token), refusal(404, "ErrorItemNotFound", "m")],
            _ => vec![changes(items, token)],
        };
        assert!(watch.ids(NOW, vec![changes(json!([there()]), "1")]).is_empty());
        assert_eq!(watch.ids(LATER, page(json!([gone()]), "2")), ["A"], "{trigger}");
        assert_eq!(watch.ids(LATER, page(json!([gone(), gone()]), "3")), ["A", "A"], "{trigger}: a replay");
        assert!(watch.ids(LATER, vec![changes(json!([there()]), "4")]).is_empty());
        let before = watch.cursor.clone();
        assert_eq!(watch.ids(LATER, page(json!([gone()]), "5")), ["A #2"], "{trigger}");
        // After a crash the page is read again, and its events have the same ids.
        watch.cursor = before;
        assert_eq!(watch.ids(LATER, page(json!([gone()]), "5")), ["A #2"], "{trigger}");
        // All of it on one page.
        assert_eq!(
            watch.ids(LATER, page(json!([there(), gone(), there(), gone()]), "6")),
            ["A #3", "A #4"],
            "{trigger}"
        );
        // What an older version kept goes on.
        watch.cursor = Some(
            Json::of(&json!({ "link": format!("{GRAPH}/delta?token=7"), "since": NOW, "settled": true })).unwrap(),
        );
        assert_eq!(watch.ids(LATER, page(json!([gone()]), "8"))[0], "A", "{trigger}");
    }
    let flag = |status: &str| json!([{ "id": "M", "flag": { "flagStatus": status }, "lastModifiedDateTime": LATER }]);
    let mut watch = Watch::new(connector(), "email_flagged", json!({}));
    let mut fired = |status: &str, token: &str| watch.ids(LATER, vec![changes(flag(status), token)]);
    let first = r#"M {"flagStatus":"flagged"}"#.to_owned();
    assert_eq!(fired("Flagged", "1"), [r#"M {"flagStatus":"Flagged"}"#]);
    assert!(fired("notFlagged", "2").is_empty());
    assert_eq!(fired("flagged", "3"), [first.clone() + " #2"]);
    assert_eq!(fired("flagged", "4"), [first.clone() + " #2"], "another property has changed");
    assert!(fired("complete", "5").is_empty());
    assert_eq!(fired("flagged", "6"), [first + " #3"]);
}

#[test]
fn a_lost_place_is_told() {
    for trigger in ["deleted_email", "deleted_contact", "deleted_event", "new_email", "new_contact"] {
        let mut watch = Watch::new(connector(), trigger, json!({}));
        watch.look(NOW, vec![changes(json!([]), "1")]);
        assert_eq!(watch.lost, None);
        watch.look(LATER, vec![refusal(410, "SyncStateNotFound", "The sync state is gone."), changes(json!([]), "2")]);
        assert_eq!(
            watch.lost.as_deref(),
            Some("Graph answered 410: SyncStateNotFound: The sync state is gone."),
            "{trigger}"
        );
        let misses = connector().find_trigger(trigger).unwrap().spec().misses;
        assert_eq!(misses.is_some(), trigger.starts_with("deleted"), "{trigger}");
    }
}

#[test]
fn the_window_of_deleted_events_rolls_forward() {
    let mut watch = Watch::new(connector(), "deleted_event", json!({}));
    let gone = |id: &str| json!({ "id": id, "@removed": { "reason": "deleted" } });
    let is_gone = || refusal(404, "ErrorItemNotFound", "m");
    watch.look(NOW, vec![changes(json!([]), "1")]);
    assert!(
        watch.sent[0].ends_with("startDateTime=2026-09-01T10:00:00Z&endDateTime=2027-10-01T10:00:00Z"),
        "{}",
        watch.sent[0]
    );
    const WEEK: &str = "2026-10-08T10:00:00Z";
    watch.look("2026-10-08T09:00:00Z", vec![changes(json!([]), "2")]);
    assert!(!watch.more, "it is not a week old");
    assert_eq!(watch.ids(WEEK, vec![changes(json!([gone("A")]), "3"), is_gone()]), ["A"]);
    assert!(watch.more, "a new one is read");
    watch.look(WEEK, vec![page(json!([{ "id": "B" }]), "new?page=2")]);
    assert!(
        watch.sent[0].ends_with("startDateTime=2026-09-08T10:00:00Z&endDateTime=2027-10-08T10:00:00Z"),
        "{}",
        watch.sent[0]
    );
    // A way through the new window that is refused is begun again, and nothing is missed.
    watch.look(WEEK, vec![refusal(410, "x", "m"), page(json!([{ "id": "B" }]), "new?page=2")]);
    assert_eq!((watch.more, &watch.lost), (false, &None));
    watch.look(WEEK, vec![changes(json!([{ "id": "C" }]), "new")]);
    assert!(watch.more && watch.sent[0].ends_with("page=2"));
    // What went meanwhile is told by the old one.
    assert_eq!(watch.ids(WEEK, vec![changes(json!([gone("B")]), "4"), is_gone()]), ["B"]);
    assert!(!watch.more && watch.sent[0].ends_with("token=3"), "{}", watch.sent[0]);
    assert_eq!(
        watch.ids(WEEK, vec![changes(json!([gone("B"), gone("C")]), "new2"), is_gone(), is_gone()]),
        ["B", "C"],
        "the same event, and a new one"
    );
    assert!(watch.sent[0].ends_with("token=new"), "{}", watch.sent[0]);
}

#[test]
fn an_event_that_is_moved_out_of_the_window_is_not_deleted() {
    let gone = |id: &str| json!({ "id": id, "@removed": { "reason": "deleted" } });
    let mut watch = Watch::new(connector(), "deleted_event", json!({}));
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let there = || answer(json!({ "id": "A" }));
    let script = vec![
        changes(json!([gone("A"), gone("B"), gone("C"), gone("A")]), "2"),
        there(),
        refusal(404, "ErrorItemNotFound", "m"),
        refusal(403, "x", "m"),
    ];
    // One that cannot be read is told as Graph tells it.
    assert_eq!(watch.ids(LATER, script), ["B", "C"]);
    assert_eq!(watch.sent[1], "/me/calendar/events/A?$select=id");
    assert_eq!(
        watch.ids(LATER, vec![changes(json!([gone("A")]), "3"), refusal(404, "ErrorItemNotFound", "m")]),
        ["A"],
        "it is deleted later"
    );
    // What passes by itself is waited for, and nothing is committed.
    let trouble = vec![changes(json!([gone("D")]), "4"), refusal(429, "x", "m")];
    assert_eq!(watch.try_look(LATER, trouble).unwrap_err().status(), Some(429));
}

#[test]
fn what_came_to_be_and_began_since_the_last_look_is_told() {
    let starting =
        |id: &str, at: &str| json!({ "id": id, "start": { "dateTime": format!("{at}.0000000"), "timeZone": "UTC" } });
    let list = |items: Value| vec![answer(json!({ "value": items }))];
    let mut watch = Watch::new(connector(), "upcoming_event", json!({ "minutesBefore": 5 }));
    let going_on = starting("G", "2026-10-01T09:30:00");
    assert!(watch.ids("2026-10-01T10:00:00Z", list(json!([going_on]))).is_empty(), "it began before");
    assert!(
        watch.sent[0].contains("startDateTime=2026-10-01T10:00:00Z&endDateTime=2026-10-01T10:05:00Z"),
        "{}",
        watch.sent[0]
    );
    // The look an hour later covers the hour.
    let missed = starting("M", "2026-10-01T10:30:00");
    let soon = starting("S", "2026-10-01T11:04:00");
    let first = answer(json!({ "value": [going_on, missed], "@odata.nextLink": format!("{GRAPH}/view?page=2") }));
    assert_eq!(watch.ids("2026-10-01T11:00:00Z", vec![first]), ["M 2026-10-01T10:30:00.0000000"]);
    assert!(
        watch.sent[0].contains("startDateTime=2026-10-01T10:00:00Z&endDateTime=2026-10-01T11:05:00Z"),
        "{}",
        watch.sent[0]
    );
    assert_eq!(watch.ids("2026-10-01T11:01:00Z", list(json!([soon]))), ["S 2026-10-01T11:04:00.0000000"]);
    // A round of several pages covers what its first look covered.
    watch.look("2026-10-01T12:00:00Z", list(json!([])));
    assert!(
        watch.sent[0].contains("startDateTime=2026-10-01T11:00:00Z&endDateTime=2026-10-01T12:05:00Z"),
        "{}",
        watch.sent[0]
    );
    // What an older version kept goes on.
    watch.cursor = Some(Json::of(&json!({ "since": NOW, "newest": NOW })).unwrap());
    watch.look("2026-10-01T13:00:00Z", list(json!([])));
    assert!(watch.sent[0].contains("startDateTime=2026-10-01T13:00:00Z"), "{}", watch.sent[0]);
}

#[test]
fn a_round_that_is_as_large_as_graph_allows_is_told() {
    let page = |from: usize, count: usize, link: Value| {
        let items: Vec<Value> =
            (from..from + count).map(|at| json!({ "id": at.to_string(), "receivedDateTime": NOW })).collect();
        let mut page = json!({ "value": items });
        page.as_object_mut().unwrap().extend(link.as_object().cloned().unwrap());
        answer(page)
    };
    let next = |token: &str| json!({ "@odata.nextLink": format!("{GRAPH}/delta?$skiptoken={token}") });
    let end = |token: &str| json!({ "@odata.deltaLink": format!("{GRAPH}/delta?$deltatoken={token}") });
    for (last, told) in [(2000, true), (1999, false)] {
        let mut watch = Watch::new(connector(), "new_email", json!({ "since": "2026-09-20T00:00:00Z" }));
        watch.look(NOW, vec![page(0, 3000, next("2"))]);
        assert!(watch.skipped.is_empty() && watch.more);
        watch.look(NOW, vec![page(3000, last, end("1"))]);
        let expected = ["messages beyond 5000 in the folder inbox"];
        assert_eq!(watch.skipped, if told { &expected[..] } else { &[] });
        // The next round counts anew.
        watch.look(LATER, vec![page(9000, 3000, end("2"))]);
        assert!(watch.skipped.is_empty());
    }
}

#[test]
fn whole_days_begin_in_their_own_zone() {
    let day = |id: &str, zone: Value| {
        json!({ "id": id, "isAllDay": true, "originalStartTimeZone": zone,
            "start": { "dateTime": "2026-10-02T00:00:00.0000000", "timeZone": "UTC" },
            "end": { "dateTime": "2026-10-03T00:00:00.0000000", "timeZone": "UTC" } })
    };
    let list = |items: Value| vec![answer(json!({ "value": items }))];
    let mut watch = Watch::new(connector(), "upcoming_event", json!({ "minutesBefore": 30 }));
    // Midnight in Los Angeles is 07:00 in UTC, and the view has the event from half an hour before.
    assert!(watch.ids("2026-10-02T06:20:00Z", list(json!([]))).is_empty());
    let west = day("W", json!("Pacific Standard Time"));
    let told = watch.ids("2026-10-02T06:40:00Z", list(json!([west])));
    assert_eq!(told, ["W 2026-10-02T00:00:00.0000000"]);
    // Within its day it has begun before, and fires no more.
    watch.ids("2026-10-02T07:10:00Z", list(json!([west])));
    assert!(watch.ids("2026-10-02T09:00:00Z", list(json!([west]))).is_empty());
    // In Tokyo it begins the day before.
    let mut watch = Watch::new(connector(), "upcoming_event", json!({ "minutesBefore": 30 }));
    let east = day("E", json!("Tokyo Standard Time"));
    assert_eq!(watch.ids("2026-10-01T14:40:00Z", list(json!([east]))), ["E 2026-10-02T00:00:00.0000000"]);
    watch.ids("2026-10-01T15:10:00Z", list(json!([east])));
    assert!(watch.ids("2026-10-01T23:00:00Z", list(json!([east]))).is_empty());
    // A zone that nobody knows: it is told while its day may yet begin somewhere.
    for zone in [json!("tzone://Microsoft/Custom"), Value::Null] {
        let mut watch = Watch::new(connector(), "upcoming_event", json!({ "minutesBefore": 30 }));
        let odd = day("O", zone);
        assert_eq!(watch.ids("2026-10-02T06:40:00Z", list(json!([odd]))), ["O 2026-10-02T00:00:00.0000000"]);
        watch.ids("2026-10-02T12:10:00Z", list(json!([odd])));
        assert!(watch.ids("2026-10-02T13:00:00Z", list(json!([odd]))).is_empty());
    }
}

#[test]
fn a_round_of_mail_that_is_lost_between_its_pages_skips_nothing() {
    let mut watch = Watch::new(connector(), "new_email", json!({ "since": "2026-09-20T00:00:00Z" }));
    let mail = |id: &str, at: &str| json!([{ "id": id, "receivedDateTime": at }]);
    // The newest come first.
    let first = json!({ "value": mail("N", NOW), "@odata.nextLink": format!("{GRAPH}/delta?$skiptoken=2") });
    assert_eq!(watch.ids(NOW, vec![answer(first)]), ["N"]);
    let script = vec![refusal(410, "syncStateNotFound", "m"), changes(mail("O", "2026-09-21T08:00:00Z"), "1")];
    assert_eq!(watch.ids(LATER, script), ["O"]);
    assert!(watch.sent[1].contains("2026-09-20T00:00:00Z"), "{}", watch.sent[1]);
    // A round that has ended is begun again where it ended, as far as mail is indexed late.
    let script = vec![refusal(410, "syncStateNotFound", "m"), changes(json!([]), "2")];
    watch.look("2026-12-01T00:00:00Z", script);
    assert!(!watch.sent[1].contains("2026-09-20T00:00:00Z"), "{}", watch.sent[1]);
}
