//! `delta_changes` and `poll_collection`

use crate::stage::{Look, answer, look};
use connector_sdk::{Code, Json, Response};
use serde_json::{Value, json};

const GRAPH: &str = "https://graph.microsoft.com/v1.0";
const NOW: &str = "2026-01-31T08:00:00Z";

fn changes(items: Value, link: &str, more: bool) -> Response {
    let name = if more { "@odata.nextLink" } else { "@odata.deltaLink" };
    answer(200, json!({ "value": items, name: format!("{GRAPH}/{link}") }))
}

fn gone() -> Response {
    answer(410, json!({ "error": { "code": "syncStateNotFound", "message": "gone" } }))
}

fn delta(input: &Value, cursor: Option<&Json>, script: Vec<Response>) -> (connector_sdk::Result<Look>, Vec<String>) {
    let (end, stage) = look("delta_changes", input, cursor, NOW, script);
    (end, stage.sent.into_iter().map(|sent| sent.url).collect())
}

#[test]
fn a_change_has_one_id_until_it_changes_again() {
    let input = json!({ "url": "/users/delta" });
    let (first, sent) = delta(&input, None, vec![changes(json!([]), "d1", false)]);
    let first = first.unwrap();
    assert_eq!((first.events.len(), first.more, sent[0].as_str()), (0, false, "/users/delta?$deltatoken=latest"));
    let look = |item: Value| {
        let (found, sent) = delta(&input, Some(&first.cursor), vec![changes(json!([item]), "d2", false)]);
        assert_eq!(sent, [format!("{GRAPH}/d1")]);
        found.unwrap().events.remove(0)
    };
    let one = look(json!({ "id": "a", "mail": "x" }));
    assert_eq!(one.data.as_str(), r#"{"id":"a","mail":"x"}"#);
    assert!(one.id.starts_with("a:"));
    assert_eq!(one.id, look(json!({ "id": "a", "mail": "x" })).id, "a replay");
    let others = [
        json!({ "id": "a", "mail": "y" }),
        json!({ "id": "a", "@removed": { "reason": "deleted" } }),
        json!({ "id": "b", "mail": "x" }),
    ];
    for other in others {
        assert_ne!(one.id, look(other.clone()).id, "{other}");
    }
    // The id is kept by hosts, so it must not change with a new version of this connector.
    assert_eq!(one.id, "a:45dfac53e40383e09f6e21d6");
}

#[test]
fn what_is_null_is_passed_on_and_is_another_change_than_what_is_absent() {
    let input = json!({ "url": "/users/delta" });
    let first = delta(&input, None, vec![changes(json!([]), "d1", false)]).0.unwrap();
    // A property that was cleared comes as `null`; one that has not changed does not come.
    let texts = [r#"{"id":"a","mail":null}"#, r#"{"id":"a"}"#, r#"{"id":"a","manager":null,"mail":null}"#];
    let page = format!(
        r#"{{"value":[{}],"@odata.deltaLink":"{GRAPH}/d2"}}"#,
        [texts[0]; 2].join(",") + "," + &texts[1..].join(",")
    );
    let look = delta(&input, Some(&first.cursor), vec![Response::new(200, page)]).0.unwrap();
    let passed: Vec<&str> = look.events.iter().map(|event| event.data.as_str()).collect();
    assert_eq!(passed, [texts[0], texts[0], texts[1], texts[2]]);
    let ids = look.ids();
    assert!(ids[0] == ids[1] && ids[1] != ids[2] && ids[2] != ids[3] && ids[3] != ids[0], "{ids:?}");
}

#[test]
fn pages_follow_each_other_in_order() {
    let input = json!({ "url": "/users/delta", "startFromNow": false, "headers": [{ "key": "Prefer", "value": "x" }] });
    let (first, sent) =
        delta(&input, None, vec![changes(json!([{ "id": "a" }, { "id": "b", "@removed": {} }]), "p2", true)]);
    let first = first.unwrap();
    assert_eq!((first.events.len(), first.more, sent[0].as_str()), (2, true, "/users/delta"));
    assert!(first.events[1].data.as_str().contains("@removed"));
    let (second, _) = delta(&input, Some(&first.cursor), vec![changes(json!([{ "id": "c" }]), "d1", false)]);
    assert_eq!((second.as_ref().unwrap().events.len(), second.unwrap().more), (1, false));
    // A page that leads back to itself leaves the same cursor, by which a host notices it.
    let stuck =
        |cursor: &Json| delta(&input, Some(cursor), vec![changes(json!([{ "id": "c" }]), "p2", true)]).0.unwrap();
    let again = stuck(&first.cursor);
    assert_eq!((again.more, stuck(&again.cursor).cursor), (true, again.cursor));
}

#[test]
fn what_becomes_again_what_it_was_is_told_again_and_a_replay_is_not() {
    let input = json!({ "url": "/users/delta" });
    let mut cursor = delta(&input, None, vec![changes(json!([]), "d1", false)]).0.unwrap().cursor;
    let mut ids = |items: Value| {
        let look = delta(&input, Some(&cursor), vec![changes(items, "d2", false)]).0.unwrap();
        let ids: Vec<String> = look.ids().into_iter().map(str::to_owned).collect();
        cursor = look.cursor;
        ids
    };
    let (gone, there) = (json!({ "id": "a", "@removed": { "reason": "changed" } }), json!({ "id": "a", "mail": "x" }));
    let first = ids(json!([gone])).remove(0);
    assert_eq!(ids(json!([gone, gone])), [first.clone(), first.clone()], "a replay");
    assert_eq!(ids(json!([there, gone]))[1], format!("{first} #3"));
    // What has no id among others that have one is told as it is.
    assert!(ids(json!([{ "mail": "y" }]))[0].starts_with("sha256-"));
}

#[test]
fn a_collection_without_now_is_read_past_in_silence() {
    let input = json!({ "url": "/me/mailFolders/inbox/messages/delta" });
    // It does not know the word, and says so.
    let refusal = answer(400, json!({ "error": { "code": "BadRequest", "message": "token" } }));
    let (first, sent) = delta(&input, None, vec![refusal, changes(json!([{ "id": "a" }]), "p2", true)]);
    let first = first.unwrap();
    assert_eq!((first.events.len(), first.more, sent[1].as_str()), (0, true, "/me/mailFolders/inbox/messages/delta"));
    let (second, _) = delta(&input, Some(&first.cursor), vec![changes(json!([{ "id": "b" }]), "d1", false)]);
    let second = second.unwrap();
    assert_eq!((second.events.len(), second.more), (0, false));
    let (third, _) = delta(&input, Some(&second.cursor), vec![changes(json!([{ "id": "c" }]), "d2", false)]);
    assert_eq!(third.unwrap().events.len(), 1);
    // Or it ignores the word.
    let (ignored, _) = delta(&input, None, vec![changes(json!([{ "id": "a" }]), "p2", true)]);
    assert_eq!(ignored.unwrap().events.len(), 0);
}

#[test]
fn a_lost_place_invents_nothing() {
    let cursor = Json::of(&json!({ "link": format!("{GRAPH}/d1") })).unwrap();
    let (again, sent) =
        delta(&json!({ "url": "/users/delta" }), Some(&cursor), vec![gone(), changes(json!([]), "d2", false)]);
    let again = again.unwrap();
    assert_eq!(again.lost.as_deref(), Some("Graph answered 410: syncStateNotFound: gone"), "the gap is told");
    assert_eq!((again.events.len(), sent[1].as_str()), (0, "/users/delta?$deltatoken=latest"));
    assert_eq!(again.cursor.read::<Value>().unwrap()["link"], format!("{GRAPH}/d2"));
    // Without "from now" everything is read again; what is known keeps its id.
    let all = json!({ "url": "/users/delta", "startFromNow": false });
    let item = json!([{ "id": "a" }]);
    let (before, _) = delta(&all, None, vec![changes(item.clone(), "d1", false)]);
    let (again, sent) = delta(&all, Some(&cursor), vec![gone(), changes(item, "d2", false)]);
    assert_eq!((again.unwrap().ids(), sent[1].as_str()), (before.unwrap().ids(), "/users/delta"));
    let (failed, _) = delta(&all, Some(&cursor), vec![answer(403, json!({}))]);
    assert_eq!(failed.unwrap_err().code(), Code::Forbidden);
}

#[test]
fn a_trigger_on_something_else_is_an_error() {
    let (end, _) =
        delta(&json!({ "url": "/users", "startFromNow": false }), None, vec![answer(200, json!({ "value": [] }))]);
    assert!(end.unwrap_err().advice().contains("/delta"));
    for input in [
        json!({ "url": "//evil.example/delta" }),
        json!({ "url": "/users/delta", "headers": [{ "key": "Host", "value": "x" }] }),
    ] {
        let (end, sent) = delta(&input, None, vec![]);
        assert_eq!((end.unwrap_err().code(), sent.len()), (Code::InvalidInput, 0));
    }
}

fn collection(
    input: &Value,
    cursor: Option<&Json>,
    now: &str,
    script: Vec<Response>,
) -> (connector_sdk::Result<Look>, Vec<String>) {
    let (end, stage) = look("poll_collection", input, cursor, now, script);
    (end, stage.sent.into_iter().map(|sent| sent.url).collect())
}

fn items(items: &[(&str, &str)], next: Option<&str>) -> Response {
    let value: Vec<Value> = items.iter().map(|(id, time)| json!({ "id": id, "createdDateTime": time })).collect();
    match next {
        Some(next) => answer(200, json!({ "value": value, "@odata.nextLink": format!("{GRAPH}/{next}") })),
        None => answer(200, json!({ "value": value })),
    }
}

#[test]
fn looks_overlap_and_events_do_not() {
    let input = json!({ "url": "/auditLogs/signIns?$top=5", "filter": "a eq 1 or b eq 2" });
    let (first, sent) = collection(
        &input,
        None,
        NOW,
        vec![items(&[("late", "2026-01-31T07:59:59Z"), ("a", "2026-01-31T08:00:00Z")], None)],
    );
    let first = first.unwrap();
    assert_eq!(
        sent,
        [
            "/auditLogs/signIns?$top=5&$filter=(a%20eq%201%20or%20b%20eq%202)%20and%20createdDateTime%20ge%202026-01-31T08:00:00Z"
        ]
    );
    assert_eq!(first.ids(), ["a@2026-01-31T08:00:00Z"], "nothing from before the start");

    let script = vec![items(
        &[("c", "2026-01-31T09:10:00.25Z"), ("b", "2026-01-31T09:00:00Z"), ("a", "2026-01-31T08:00:00Z")],
        None,
    )];
    let (second, _) = collection(&input, Some(&first.cursor), "2026-01-31T10:00:00Z", script);
    let second = second.unwrap();
    assert_eq!(
        second.ids(),
        ["a@2026-01-31T08:00:00Z", "b@2026-01-31T09:00:00Z", "c@2026-01-31T09:10:00.25Z"],
        "oldest first, known ids again"
    );

    let (third, sent) = collection(&input, Some(&second.cursor), "2026-01-31T10:05:00Z", vec![items(&[], None)]);
    assert!(sent[0].ends_with("ge%202026-01-31T09:05:00Z"), "{}", sent[0]);
    let (_, sent) = collection(&input, Some(&third.unwrap().cursor), "2026-01-31T11:00:00Z", vec![items(&[], None)]);
    assert!(sent[0].ends_with("ge%202026-01-31T09:05:00Z"), "an empty look moves nothing: {}", sent[0]);
}

#[test]
fn a_look_of_several_pages_moves_on_at_its_end() {
    let input = json!({ "url": "/users", "overlapMinutes": 0, "since": "2026-01-01T00:00:00Z" });
    let (first, sent) = collection(&input, None, NOW, vec![items(&[("b", "2026-01-03T00:00:00Z")], Some("p2"))]);
    let first = first.unwrap();
    assert_eq!((first.more, sent[0].as_str()), (true, "/users?$filter=createdDateTime%20ge%202026-01-01T00:00:00Z"));
    let (second, sent) =
        collection(&input, Some(&first.cursor), NOW, vec![items(&[("a", "2026-01-02T00:00:00Z")], None)]);
    let second = second.unwrap();
    assert_eq!((second.more, sent), (false, vec![format!("{GRAPH}/p2")]));
    let (_, sent) = collection(&input, Some(&second.cursor), NOW, vec![items(&[], None)]);
    assert!(sent[0].ends_with("ge%202026-01-03T00:00:00Z"), "{}", sent[0]);

    // A page whose link has expired: the look begins once more, and nothing is skipped.
    let (again, sent) = collection(
        &input,
        Some(&first.cursor),
        NOW,
        vec![answer(400, json!({})), items(&[("b", "2026-01-03T00:00:00Z")], None)],
    );
    assert_eq!(
        (again.unwrap().ids(), sent[1].as_str()),
        (first.ids(), "/users?$filter=createdDateTime%20ge%202026-01-01T00:00:00Z")
    );
    // One that leads back to itself leaves the same cursor, by which a host notices it.
    let (stuck, _) = collection(&input, Some(&first.cursor), NOW, vec![items(&[], Some("p2"))]);
    let stuck = stuck.unwrap();
    assert_eq!((stuck.more, stuck.cursor), (true, first.cursor));
}

#[test]
fn a_time_in_the_future_hides_nothing() {
    let input = json!({ "url": "/me/events", "overlapMinutes": 0 });
    let (first, _) = collection(&input, None, NOW, vec![items(&[("party", "2030-01-01T00:00:00Z")], None)]);
    let (second, sent) =
        collection(&input, Some(&first.unwrap().cursor), "2026-01-31T09:00:00Z", vec![items(&[], None)]);
    assert!(sent[0].ends_with("ge%202026-01-31T08:00:00Z"), "{}", sent[0]);
    let (_, sent) = collection(&input, Some(&second.unwrap().cursor), "2026-01-31T10:00:00Z", vec![items(&[], None)]);
    assert!(sent[0].ends_with("ge%202026-01-31T08:00:00Z"), "the party was called off: {}", sent[0]);
}

#[test]
fn other_fields_are_found_also_nested() {
    let input = json!({ "url": "/x", "cursorField": "status/changedAt", "idField": "key" });
    let item = json!({ "key": 7, "status": { "changedAt": "2026-02-01T00:00:00Z" } });
    let (found, sent) = collection(&input, None, NOW, vec![answer(200, json!({ "value": [item] }))]);
    assert_eq!(found.unwrap().ids(), ["7@2026-02-01T00:00:00Z"]);
    assert!(sent[0].contains("status/changedAt%20ge"), "{}", sent[0]);
    for item in [json!({ "key": 7 }), json!({ "status": { "changedAt": "2026-02-01T00:00:00Z" } })] {
        let (end, _) = collection(&input, None, NOW, vec![answer(200, json!({ "value": [item] }))]);
        assert_eq!(end.unwrap_err().code(), Code::Rejected);
    }
    // What was meant was sent, and holds something odd: it is told as it is.
    for at in [json!("tomorrow"), json!(null), json!({})] {
        let item = json!({ "id": "k", "key": 7, "status": { "changedAt": at } });
        let (found, _) = collection(&input, None, NOW, vec![answer(200, json!({ "value": [item] }))]);
        assert_eq!(found.unwrap().ids(), ["k"], "{at}");
    }
}

#[test]
fn what_happens_in_the_second_of_the_beginning_is_not_older() {
    let input = json!({ "url": "/x" });
    let item = json!({ "id": "a", "createdDateTime": "2026-01-31T08:00:00Z" });
    let (found, sent) =
        collection(&input, None, "2026-01-31T08:00:00.7Z", vec![answer(200, json!({ "value": [item] }))]);
    assert_eq!(found.unwrap().ids(), ["a@2026-01-31T08:00:00Z"]);
    assert!(sent[0].ends_with("ge%202026-01-31T08:00:00Z"), "{}", sent[0]);
}

#[test]
fn what_cannot_work_is_refused() {
    let input = json!({ "url": "/x?%24Filter=a", "cursorField": "a b", "idField": "x) or (1", "since": "yesterday", "headers": [{ "key": "TE", "value": "x" }] });
    let (end, sent) = collection(&input, None, NOW, vec![]);
    let error = end.unwrap_err();
    let found: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!((found, sent.len()), (vec!["/cursorField", "/idField", "/url", "/since", "/headers/0/key"], 0));
    let (end, _) = collection(&json!({ "url": "/x" }), None, NOW, vec![answer(403, json!({}))]);
    assert_eq!(end.unwrap_err().code(), Code::Forbidden);
}

#[test]
fn a_place_that_is_refused_begins_again() {
    let refused = || answer(400, json!({ "error": { "code": "BadRequest", "message": "Badly formed token." } }));
    let cursor = Json::of(&json!({ "link": format!("{GRAPH}/d1") })).unwrap();
    let all = json!({ "url": "/users/delta", "startFromNow": false });
    let (again, sent) = delta(&all, Some(&cursor), vec![refused(), changes(json!([{ "id": "a" }]), "d2", true)]);
    let again = again.unwrap();
    assert_eq!((again.events.len(), again.more, sent[1].as_str()), (1, false, "/users/delta"));
    let (first, _) = delta(&all, None, vec![refused()]);
    assert_eq!(first.unwrap_err().status(), Some(400));
    let trouble = || answer(500, json!({}));
    assert_eq!(delta(&all, Some(&cursor), vec![trouble(), trouble()]).0.unwrap_err().status(), Some(500));
}

#[test]
fn one_odd_item_spoils_no_page() {
    let all = json!({ "url": "/x/delta", "startFromNow": false });
    let (found, _) =
        delta(&all, None, vec![changes(json!([{ "id": 7 }, { "name": "no id" }, { "id": "a" }]), "d1", false)]);
    let ids: Vec<String> =
        found.unwrap().ids().into_iter().map(|id| id.split(':').next().unwrap().chars().take(7).collect()).collect();
    assert_eq!(ids, ["7", "sha256-", "a"]);
    assert!(
        delta(&all, None, vec![changes(json!([{ "name": "x" }]), "d1", false)])
            .0
            .unwrap_err()
            .advice()
            .contains("select it")
    );

    let input = json!({ "url": "/x" });
    let page = json!([{ "id": "a", "createdDateTime": "2026-02-01T00:00:00Z" }, { "id": "b", "createdDateTime": null }, { "id": null }]);
    let (found, _) = collection(&input, None, NOW, vec![answer(200, json!({ "value": page }))]);
    let found = found.unwrap();
    let (found, _) =
        collection(&input, Some(&found.cursor), "2026-02-02T00:00:00Z", vec![answer(200, json!({ "value": page }))]);
    let found = found.unwrap();
    assert_eq!((found.events.len(), found.ids()[..2].to_vec()), (3, vec!["a@2026-02-01T00:00:00Z", "b"]));
    // Later, a page of odd ones alone is told too.
    let (found, _) =
        collection(&input, Some(&found.cursor), NOW, vec![answer(200, json!({ "value": [{ "id": "c" }] }))]);
    assert_eq!(found.unwrap().ids(), ["c"]);
}
