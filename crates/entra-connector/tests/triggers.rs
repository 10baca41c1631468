//! Triggers of the directory and its logs against exchanges as people have met them.

use connector_sdk::{Context, Json, Poll, Rehearsal, Response, Result};
use entra_connector::connector;
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
fn a_sign_in_that_appears_late_fires_once() {
    let page = |items: &[(&str, &str)]| {
        let items: Vec<Value> = items.iter().map(|(id, at)| json!({ "id": id, "createdDateTime": at })).collect();
        answer(json!({ "value": items }))
    };
    let mut watch = Watch::new("new_sign_in", json!({}));
    watch.look("2026-10-01T08:00:00Z", vec![page(&[])]);
    assert_eq!(watch.ids("2026-10-01T11:00:00Z", vec![page(&[("S8", "2026-10-01T10:59:00Z")])]), ["S8"]);
    let script = vec![page(&[("S8", "2026-10-01T10:59:00Z"), ("S9", "2026-10-01T10:20:00Z")])];
    assert_eq!(watch.ids("2026-10-01T12:00:00Z", script), ["S9", "S8"], "with the id that it has whenever it is read");
    assert!(
        watch.sent[0].contains("createdDateTime%20ge%202026-10-01T08:00:00Z"),
        "six hours back, and not before the start: {}",
        watch.sent[0]
    );
    for (trigger, time) in [("new_sign_in", "createdDateTime"), ("new_directory_audit", "activityDateTime")] {
        let mut watch = Watch::new(trigger, json!({ "overlapMinutes": 90 }));
        watch.look(NOW, vec![page(&[])]);
        watch.look("2026-10-02T10:00:00Z", vec![answer(json!({ "value": [{ "id": "a", time: "2026-10-02T09:30:00Z" }] }))]);
        watch.look("2026-10-02T11:00:00Z", vec![page(&[])]);
        assert!(watch.sent[0].contains("ge%202026-10-02T08:00:00Z"), "{}", watch.sent[0]);
    }
}

#[test]
fn a_place_that_is_refused_begins_again() {
    let refused = || refusal(400, "Request_BadRequest", "Invalid delta token.");
    for trigger in ["new_user", "new_group"] {
        let mut watch = Watch::new(trigger, json!({}));
        watch.look(NOW, vec![changes(json!([]), "1")]);
        let all = json!([{ "id": "new", "createdDateTime": LATER }, { "id": "old", "createdDateTime": "2024-01-01T00:00:00Z" }]);
        assert_eq!(watch.ids(LATER, vec![refused(), changes(all, "2")]), ["new"], "{trigger}");
        assert!(!watch.sent[1].contains("latest"));
    }
    for trigger in ["new_or_updated_user", "deleted_group", "group_member_added"] {
        let mut watch = Watch::new(trigger, json!({}));
        assert_eq!(watch.try_look(NOW, vec![refused()]).unwrap_err().status(), Some(400), "the very first request");
        watch.look(NOW, vec![changes(json!([]), "1")]);
        assert!(watch.ids(LATER, vec![refused(), changes(json!([]), "2")]).is_empty());
        assert!(watch.sent[1].contains("latest"), "{trigger} goes on at the present");
        // Graph in trouble is no lost place.
        let trouble = || refusal(500, "x", "m");
        assert!(watch.try_look(LATER, vec![trouble(), trouble()]).is_err());
    }
}

#[test]
fn an_item_is_handed_on_whatever_it_holds() {
    let odd = r#""displayName":7,"mail":{},"accountEnabled":"yes","businessPhones":null,"x":"\ud83d""#;
    for (trigger, item) in [
        ("new_user", format!(r#"{{"id":"1","createdDateTime":"{LATER}",{odd}}}"#)),
        ("new_group", format!(r#"{{"id":"1","createdDateTime":"{LATER}",{odd}}}"#)),
        ("new_or_updated_user", format!(r#"{{"id":"1",{odd}}}"#)),
        ("new_or_updated_group", format!(r#"{{"id":"1",{odd}}}"#)),
        ("new_sign_in", format!(r#"{{"id":"1","createdDateTime":null,{odd}}}"#)),
        ("new_directory_audit", format!(r#"{{"id":"1","activityDateTime":"{LATER}",{odd}}}"#)),
    ] {
        let page = format!(r#"{{"value":[{item}],"@odata.deltaLink":"{GRAPH}/delta"}}"#);
        let cx = Context { now: NOW.parse().unwrap(), ..Context::user() };
        let plan = connector().find_trigger(trigger).unwrap().poll(json!({}), None, &cx).unwrap();
        let poll = Rehearsal::new([Response::new(200, page)]).run(plan).unwrap();
        let told: Vec<Json> = poll.events.into_iter().map(|event| event.data.into_json()).collect();
        assert_eq!(told.iter().map(Json::as_str).collect::<Vec<_>>(), [item], "{trigger}");
    }
    let mut watch = Watch::new("group_member_added", json!({}));
    let groups = json!([{ "id": "g", "displayName": 1, "members@delta": [{}, { "id": "m", "@odata.type": {} }] }, { "id": "h", "members@delta": null }]);
    let events = watch.look(NOW, vec![changes(groups, "1")]);
    assert_eq!((events.len(), &events[0].1["memberId"], &events[0].1["groupDisplayName"]), (1, &json!("m"), &json!("1")));
}
