//! Triggers against exchanges as people have met them.

use connector_sdk::{Context, Json, Poll, Rehearsal, Response, Result};
use outlook_connector::connector;
use serde_json::{Value, json};

const GRAPH: &str = "https://graph.microsoft.com/v1.0";
const NOW: &str = "2026-10-01T10:00:00Z";

fn answer(body: Value) -> Response {
    Response::new(200, body.to_string())
}

fn refusal(status: u16, code: &str, message: &str) -> Response {
    Response::new(status, json!({ "error": { "code": code, "message": message } }).to_string())
}

fn changes(items: Value, token: &str) -> Response {
    answer(json!({ "value": items, "@odata.deltaLink": format!("{GRAPH}/delta?token={token}") }))
}

// A trigger that is looked at again and again.
struct Watch {
    name: &'static str,
    input: Value,
    cursor: Option<Json>,
    sent: Vec<String>,
    more: bool,
}

impl Watch {
    fn new(name: &'static str, input: Value) -> Watch {
        Watch { name, input, cursor: None, sent: Vec::new(), more: false }
    }

    fn try_look(&mut self, now: &str, script: Vec<Response>) -> Result<Vec<(String, Value)>> {
        let cx = Context { now: now.parse().unwrap(), ..Context::user() };
        let mut stage = Rehearsal::new(script);
        let connector = connector();
        let plan = connector.find_trigger(self.name).unwrap().poll(self.input.clone(), self.cursor.as_ref(), &cx)?;
        let end = stage.run(plan);
        assert_eq!(stage.left_over(), 0, "answers that nobody asked for");
        self.sent = stage.sent.into_iter().map(|sent| sent.url).collect();
        let Poll { events, cursor, more } = end?;
        (self.cursor, self.more) = (Some(cursor), more);
        Ok(events.into_iter().map(|event| (event.id, event.data.into_json().read().unwrap())).collect())
    }

    fn look(&mut self, now: &str, script: Vec<Response>) -> Vec<(String, Value)> {
        self.try_look(now, script).unwrap()
    }

    fn ids(&mut self, now: &str, script: Vec<Response>) -> Vec<String> {
        self.look(now, script).into_iter().map(|(id, _)| id).collect()
    }
}

const LATER: &str = "2026-10-01T10:05:00Z";

#[test]
fn what_comes_after_the_first_round_fires_whatever_its_date() {
    let old = "2024-03-01T08:00:00Z";
    for (trigger, id) in [("new_or_updated_contact", "N v7"), ("new_or_updated_email", "N v7")] {
        let mut watch = Watch::new(trigger, json!({}));
        let item = |id: &str| json!([{ "id": id, "changeKey": "v7", "lastModifiedDateTime": old }]);
        assert!(watch.ids(NOW, vec![changes(item("O"), "1")]).is_empty(), "{trigger}: it was there before");
        assert_eq!(watch.ids(LATER, vec![changes(item("N"), "2")]), [id], "{trigger}");
        // A round that begins again has the first round's rules again.
        assert!(watch.ids(LATER, vec![refusal(410, "syncStateNotFound", "m"), changes(item("O"), "3")]).is_empty(), "{trigger}");
    }
    let mut watch = Watch::new("email_flagged", json!({}));
    let item = json!([{ "id": "N", "flag": { "flagStatus": "flagged" }, "lastModifiedDateTime": old }]);
    assert!(watch.ids(NOW, vec![changes(item.clone(), "1")]).is_empty());
    assert_eq!(watch.ids(LATER, vec![changes(item, "2")]), [r#"N {"flagStatus":"flagged"}"#]);
}

#[test]
fn a_place_that_an_older_version_kept_goes_on_in_its_first_round() {
    let mut watch = Watch::new("new_or_updated_contact", json!({}));
    watch.cursor = Some(Json::of(&json!({ "link": format!("{GRAPH}/delta?token=0"), "since": NOW })).unwrap());
    let old = json!([{ "id": "O", "lastModifiedDateTime": "2024-03-01T08:00:00Z" }]);
    assert!(watch.ids(LATER, vec![changes(old.clone(), "1")]).is_empty());
    assert_eq!(watch.ids(LATER, vec![changes(old, "2")]).len(), 1);
}

#[test]
fn a_message_with_pictures_in_its_text_has_attachments() {
    let message = json!([{ "id": "M1", "receivedDateTime": NOW, "hasAttachments": false, "subject": "Screenshot", "categories": [] }]);
    let picture = json!({ "@odata.type": "#microsoft.graph.fileAttachment", "id": "A1", "name": "image001.png", "contentType": "image/png", "size": 916, "isInline": true });

    let mut watch = Watch::new("new_attachment", json!({ "includeInline": true }));
    let script = vec![changes(message.clone(), "1"), answer(json!({ "value": [picture] }))];
    let events = watch.look(NOW, script);
    assert_eq!((events[0].0.as_str(), &events[0].1["attachment"]["id"]), ("M1 A1", &json!("A1")));

    let mut watch = Watch::new("new_attachment", json!({}));
    assert!(watch.ids(NOW, vec![changes(message.clone(), "1")]).is_empty(), "none is wanted that is shown inside the text");

    let mut watch = Watch::new("new_email", json!({ "includeAttachments": true }));
    let whole = json!({ "id": "M1", "subject": "Screenshot", "hasAttachments": false, "attachments": [picture] });
    let events = watch.look(NOW, vec![changes(message, "1"), answer(whole)]);
    assert_eq!(events[0].1["attachments"][0]["id"], "A1");
}

#[test]
fn one_message_whose_attachments_cannot_be_read_holds_up_no_other() {
    let messages = json!([{ "id": "M1", "receivedDateTime": NOW }, { "id": "M2", "receivedDateTime": NOW }]);
    let one = |id: &str, next: Option<&str>| {
        let mut page = json!({ "value": [{ "id": id, "name": null, "size": "12", "isInline": "false" }] });
        if let Some(next) = next {
            page["@odata.nextLink"] = next.into();
        }
        answer(page)
    };
    let mut watch = Watch::new("new_attachment", json!({}));
    let next = format!("{GRAPH}/next");
    let script = vec![changes(messages.clone(), "1"), refusal(400, "ErrorCorruptData", "m"), one("A1", Some(&next)), one("A2", None)];
    assert_eq!(watch.ids(NOW, script), ["M2 A1", "M2 A2"]);
    assert_eq!(watch.sent[3], next, "a list of attachments has pages of its own");

    let mut watch = Watch::new("new_email", json!({ "includeAttachments": true }));
    let script = vec![changes(messages, "1"), refusal(400, "ErrorCorruptData", "m"), answer(json!({ "id": "M2", "attachments": [] }))];
    let events = watch.look(NOW, script);
    assert_eq!((events.len(), events[0].1.get("attachments"), &events[1].1["attachments"]), (2, None, &json!([])));
}

#[test]
fn a_place_that_is_refused_begins_again() {
    for (status, code) in [(400, "ErrorInvalidRequest"), (404, "ErrorItemNotFound"), (410, "x"), (422, "y")] {
        for trigger in ["new_email", "new_or_updated_email", "new_contact", "new_attachment", "email_sent"] {
            let item = json!([{ "id": "M", "changeKey": "1", "receivedDateTime": NOW, "createdDateTime": NOW, "sentDateTime": NOW, "lastModifiedDateTime": NOW, "hasAttachments": false }]);
            let mut watch = Watch::new(trigger, json!({}));
            let before = watch.ids(NOW, vec![changes(item.clone(), "1")]);
            let beginning = watch.sent[0].clone();
            let script = vec![refusal(status, code, "Badly formed token."), changes(item, "2")];
            assert_eq!(watch.ids(LATER, script), before, "{trigger}: the same events");
            assert_eq!(watch.sent.last(), Some(&beginning), "{trigger}");
            watch.look(LATER, vec![changes(json!([]), "3")]);
            assert!(watch.sent[0].ends_with("token=2"), "{trigger}");
        }
    }
    let mut watch = Watch::new("new_email", json!({}));
    assert_eq!(watch.try_look(NOW, vec![refusal(400, "x", "m")]).unwrap_err().status(), Some(400), "nothing was kept");
    watch.look(NOW, vec![changes(json!([]), "1")]);
    let trouble = || refusal(500, "generalException", "m");
    assert_eq!(watch.try_look(LATER, vec![trouble(), trouble()]).unwrap_err().status(), Some(500), "Graph is in trouble");
    watch.look(LATER, vec![trouble(), changes(json!([]), "2"), trouble()]);
    assert!(watch.cursor.as_ref().unwrap().as_str().contains("token=2"), "the place is");
}

#[test]
fn a_beginning_that_leads_to_a_refused_place_is_not_looked_at_without_pause() {
    let page = || answer(json!({ "value": [], "@odata.nextLink": format!("{GRAPH}/next") }));
    for trigger in ["new_email", "new_contact", "new_event"] {
        let mut watch = Watch::new(trigger, json!({}));
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
        let input = if trigger == "new_email_matching_search" { json!({ "filter": "isRead eq false" }) } else { json!({}) };
        let items: Vec<String> = odd.iter().enumerate().map(|(at, odd)| format!(r#"{{"id":"{at}","{time}":"{LATER}",{odd}}}"#)).collect();
        let page = format!(r#"{{"value":[{}],"@odata.deltaLink":"{GRAPH}/delta"}}"#, items.join(","));
        let mut watch = Watch::new(trigger, input);
        let cx = Context { now: NOW.parse().unwrap(), ..Context::user() };
        let connector = connector();
        let plan = connector.find_trigger(trigger).unwrap().poll(watch.input.clone(), None, &cx).unwrap();
        let poll = Rehearsal::new([Response::new(200, page)]).run(plan).unwrap();
        let told: Vec<Json> = poll.events.into_iter().map(|event| event.data.into_json()).collect();
        assert_eq!(told.iter().map(Json::as_str).collect::<Vec<_>>(), items, "{trigger}");
        watch.cursor = Some(poll.cursor);
    }
}

#[test]
fn an_item_without_a_time_is_told_where_the_list_was_asked_for_new_ones() {
    for (trigger, expected) in [("new_event", "E"), ("new_or_updated_event", "E k")] {
        let mut watch = Watch::new(trigger, json!({}));
        assert_eq!(
            watch.ids(NOW, vec![answer(json!({ "value": [{ "id": "E", "changeKey": "k", "createdDateTime": null }] }))]),
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
    let mut watch = Watch::new("new_email", json!({ "from": "a..b@docomo.ne.jp" }));
    assert_eq!(watch.ids(NOW, vec![changes(messages, "1")]), ["1", "2"]);
}

#[test]
fn zones_are_named_as_exchange_knows_them() {
    let send = |action: &str, input: Value| {
        let plan = connector().find_action(action).unwrap().plan(input, &Context::user()).unwrap();
        let mut stage = Rehearsal::new([answer(json!({ "id": "E", "value": [] }))]);
        stage.run(plan).unwrap();
        stage.sent.remove(0)
    };
    let event = json!({ "subject": "Stand-up", "start": "2026-11-02T09:00", "end": "2026-11-02T09:15", "timeZone": "Europe/Kyiv",
        "recurrence": { "pattern": { "type": "daily", "interval": 1 }, "range": { "type": "noEnd" } } });
    let sent = send("create_event", event);
    let body = sent.body.unwrap();
    assert_eq!((&body["start"]["timeZone"], &body["end"]["timeZone"]), (&json!("FLE Standard Time"), &json!("FLE Standard Time")));
    assert_eq!(body["recurrence"]["range"]["recurrenceTimeZone"], "FLE Standard Time");
    assert!(sent.headers["prefer"].contains("outlook.timezone=\"FLE Standard Time\""), "{}", sent.headers["prefer"]);
    let sent = send("list_events", json!({ "timeZone": "America/Los_Angeles" }));
    assert!(sent.headers["prefer"].contains("\"Pacific Standard Time\""));
    let sent = send("find_meeting_times", json!({ "timeZone": "America/Los_Angeles", "attendees": [{ "email": "m@contoso.example" }] }));
    assert!(!format!("{:?}", sent).contains("America/Los_Angeles"));
}

#[test]
fn one_odd_entry_spoils_no_picklist() {
    let choices = |name: &str, items: Value| -> Vec<(String, String)> {
        let connector = connector();
        let picklist = connector.find_picklist(name).unwrap();
        let plan = picklist.choices(json!({}), connector_sdk::Ask::default(), &Context::user()).unwrap();
        let found = Rehearsal::new([answer(json!({ "value": items }))]).run(plan).unwrap();
        found.choices.into_iter().map(|choice| (choice.value, choice.label)).collect()
    };
    let one = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    assert_eq!(choices("calendars", json!([{ "name": "no id" }, { "id": "1", "name": 7, "owner": "x" }])), [one("1", "7")]);
    assert_eq!(choices("categories", json!([{ "displayName": null }, { "displayName": "Red" }, 17])), [one("Red", "Red")]);
    assert_eq!(choices("time_zones", json!([{ "alias": "UTC" }, { "alias": null }])), [one("UTC", "UTC")]);
    assert_eq!(choices("mail_folders", json!([{ "id": "F", "displayName": null, "childFolderCount": 0 }, {}])), [one("F", "F")]);
    assert_eq!(choices("messages", json!([{ "id": "M", "subject": {}, "from": [] }, null])), [one("M", "(no subject)")]);
}
