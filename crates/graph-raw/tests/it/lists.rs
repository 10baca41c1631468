//! Lists and changes: `paginate_request` and `delta_request`.

use crate::stage::{answer, play, pointers};
use connector_sdk::{Code, Response};
use serde_json::{Value, json};

const GRAPH: &str = "https://graph.microsoft.com/v1.0";

fn page(ids: &[u32], next: Option<&str>) -> Response {
    let value: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    match next {
        Some(next) => answer(200, json!({ "value": value, "@odata.nextLink": format!("{GRAPH}/{next}") })),
        None => answer(200, json!({ "value": value })),
    }
}

#[test]
fn all_pages_are_read_with_the_same_headers() {
    let input = json!({ "url": "/users", "query": [{ "key": "$top", "value": "2" }], "headers": [{ "key": "ConsistencyLevel", "value": "eventual" }] });
    let (output, stage) = play("paginate_request", input, [page(&[1, 2], Some("p2")), page(&[3], None)]);
    assert_eq!(output.unwrap(), json!({ "pages": 2 }));
    assert_eq!(stage.emitted.len(), 3);
    assert_eq!(
        stage.sent.iter().map(|sent| sent.url.as_str()).collect::<Vec<_>>(),
        ["/users?$top=2", "https://graph.microsoft.com/v1.0/p2"]
    );
    assert!(stage.sent.iter().all(|sent| sent.headers["consistencylevel"] == "eventual"));
}

#[test]
fn limits_stop_and_a_token_goes_on() {
    let script = || [page(&[1, 2], Some("p2")), page(&[3, 4], Some("p3"))];
    let (output, stage) = play("paginate_request", json!({ "url": "/users", "maxItems": 3 }), script());
    let output = output.unwrap();
    assert_eq!((stage.emitted.len(), &output["pages"]), (3, &json!(2)));
    let token = output["nextPageToken"].clone();
    let (_, stage) = play(
        "paginate_request",
        json!({ "url": "/users", "pageToken": token, "mode": "page" }),
        [page(&[3, 4], Some("p3"))],
    );
    assert_eq!(
        (stage.sent[0].url.as_str(), stage.emitted[0].as_str()),
        ("https://graph.microsoft.com/v1.0/p2", r#"{"id":4}"#)
    );

    let (output, stage) =
        play("paginate_request", json!({ "url": "/users", "maxPages": 2, "mode": "stream" }), script());
    assert_eq!((stage.emitted.len(), output.unwrap()["nextPageToken"].is_string()), (4, true));
    let (output, _) =
        play("paginate_request", json!({ "url": "/users", "mode": "page", "maxPages": 9 }), [page(&[1], Some("p2"))]);
    assert_eq!(output.unwrap()["pages"], 1);
}

#[test]
fn only_collecting_has_a_limit_of_its_own() {
    let ids: Vec<u32> = (0..10_001).collect();
    for (mode, expected) in [("collect", 10_000), ("stream", 10_001), ("page", 10_001)] {
        let (_, stage) = play("paginate_request", json!({ "url": "/users", "mode": mode }), [page(&ids, None)]);
        assert_eq!(stage.emitted.len(), expected, "{mode}");
    }
}

#[test]
fn a_list_that_is_none_is_an_error() {
    let (output, _) = play("paginate_request", json!({ "url": "/me" }), [answer(200, json!({ "id": 1 }))]);
    assert_eq!(output.unwrap_err().code(), Code::Protocol);
    let (output, _) = play(
        "paginate_request",
        json!({ "url": "/users" }),
        [page(&[1], Some("a")), page(&[2], Some("b")), page(&[3], Some("a"))],
    );
    assert_eq!(output.unwrap_err().code(), Code::Protocol);
    let (output, _) = play("paginate_request", json!({ "url": "/users" }), [answer(403, json!({}))]);
    assert_eq!(output.unwrap_err().code(), Code::Forbidden);
    assert_eq!(pointers("paginate_request", json!({ "url": "https://evil.example/v1.0/users" })), ["/url"]);
    assert_eq!(pointers("paginate_request", json!({ "url": "/users", "pageToken": "?" })), ["/pageToken"]);
    assert_eq!(
        pointers("paginate_request", json!({ "url": "/users", "headers": [{ "key": "COOKIE", "value": "x" }] })),
        ["/headers/0/key"]
    );
}

#[test]
fn changes_are_followed_from_token_to_token() {
    let link = format!("{GRAPH}/users/delta?$deltatoken=1");
    let script = [
        page(&[], Some("users/delta?$skiptoken=1")),
        answer(
            200,
            json!({ "value": [{ "id": "a" }, { "id": "b", "@removed": { "reason": "deleted" } }], "@odata.deltaLink": link }),
        ),
    ];
    let (output, stage) = play(
        "delta_request",
        json!({ "url": "/users/delta", "query": [{ "key": "$select", "value": "mail" }] }),
        script,
    );
    assert_eq!(output.unwrap(), json!({ "removed": [{ "id": "b", "reason": "deleted" }], "deltaToken": link }));
    assert_eq!((stage.emitted.len(), stage.sent[0].url.as_str()), (1, "/users/delta?$select=mail"));
    let next = answer(200, json!({ "value": [], "@odata.deltaLink": link }));
    let (_, stage) = play(
        "delta_request",
        json!({ "url": "/users/delta", "deltaToken": link, "query": [{ "key": "$select", "value": "mail" }] }),
        [next],
    );
    assert_eq!(stage.sent[0].url, link);
}

#[test]
fn now_is_spelt_as_each_service_spells_it() {
    for (url, expected) in [
        ("/users/delta", "/users/delta?$deltatoken=latest"),
        ("/groups/delta?$select=id", "/groups/delta?$select=id&$deltatoken=latest"),
        ("/me/todo/lists/1/tasks/delta", "/me/todo/lists/1/tasks/delta?$deltatoken=latest"),
        ("/me/drive/root/delta", "/me/drive/root/delta?token=latest"),
        ("/drives/1/root/delta", "/drives/1/root/delta?token=latest"),
        ("/sites/1/lists/2/items/delta", "/sites/1/lists/2/items/delta?token=latest"),
    ] {
        let end = answer(200, json!({ "value": [], "@odata.deltaLink": format!("{GRAPH}/x") }));
        let (_, stage) = play("delta_request", json!({ "url": url, "startFromNow": true }), [end]);
        assert_eq!(stage.sent[0].url, expected);
    }
}

#[test]
fn a_lost_token_says_what_to_do() {
    let token = format!("{GRAPH}/users/delta?$deltatoken=1");
    let lost = answer(410, json!({ "error": { "code": "syncStateNotFound", "message": "gone" } }));
    let (output, _) = play("delta_request", json!({ "deltaToken": token }), [lost]);
    let error = output.unwrap_err();
    assert!(error.is_resync() && error.advice().contains("without it"), "{}", error.advice());
    assert_eq!(pointers("delta_request", json!({})), ["/url"]);
    assert_eq!(pointers("delta_request", json!({ "deltaToken": token, "startFromNow": true })), ["/startFromNow"]);
    for hostile in ["/users/delta", "https://evil.example/v1.0/users/delta", "http://graph.microsoft.com/v1.0/x", "x"] {
        assert_eq!(pointers("delta_request", json!({ "deltaToken": hostile })), ["/deltaToken"], "{hostile}");
    }
}
