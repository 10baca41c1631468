//! Single requests: `raw_request` and the verbs.

use std::time::Duration;

use crate::stage::{answer, plan, play, pointers, refused, with};
use connector_sdk::{Code, Response, Step};
use serde_json::{Value, json};

#[test]
fn an_answer_has_status_headers_and_body_as_it_came() {
    let script = [with(with(Response::new(201, r#"{ "id":1.50 }"#), "ETag", "W/\"1\""), "set-cookie", "session=1")];
    let mut stage = connector_sdk::ScriptedRun::new(script);
    let input = json!({ "method": "POST", "url": "/me/messages", "query": [{ "key": "$select", "value": "a b&c" }],
        "headers": [{ "key": "Prefer", "value": "a=1" }, { "key": "prefer", "value": "b=2" }], "data": { "subject": "x" } });
    let output = stage.run(plan("raw_request", input).unwrap()).unwrap();
    assert_eq!(output.as_str(), r#"{"status":201,"headers":{"etag":"W/\"1\""},"body":{ "id":1.50 }}"#);
    let sent = &stage.sent[0];
    assert_eq!((sent.method.as_str(), sent.url.as_str()), ("POST", "/me/messages?$select=a%20b%26c"));
    assert_eq!(sent.headers["prefer"], "a=1, b=2");
    assert_eq!(sent.body, Some(json!({ "subject": "x" })));
}

#[test]
fn each_verb_sends_its_method() {
    for (action, method) in [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")]
    {
        let (output, stage) = play(action, json!({ "url": "/me/x", "apiVersion": "beta" }), [Response::new(204, "")]);
        assert_eq!(output.unwrap(), json!({ "status": 204, "headers": {}, "body": null }));
        assert_eq!((stage.sent[0].method.as_str(), stage.sent[0].url.as_str()), (method, "/me/x"));
        let (output, _) = play(
            action,
            json!({ "url": "/me/x" }),
            [answer(404, json!({ "error": { "code": "ErrorItemNotFound", "message": "no" } }))],
        );
        let error = output.unwrap_err();
        assert_eq!(error.code(), Code::NotFound, "{action}");
        assert!(error.has_upstream_code("ErrorItemNotFound"));
        assert_eq!(
            pointers(
                action,
                json!({ "url": "//evil.example", "headers": [{ "key": "Authorization", "value": "Bearer x" }] })
            ),
            ["/url", "/headers/0/key"]
        );
    }
}

#[test]
fn the_body_is_what_the_inputs_say() {
    let body = |input: Value| {
        let mut whole = json!({ "method": "POST", "url": "/x", "debug": true });
        whole.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        let Step::Call { request, .. } = plan("raw_request", whole).unwrap().into_step() else { panic!("no call") };
        match request.body.clone() {
            connector_sdk::Body::Empty => json!("nothing"),
            connector_sdk::Body::Json(text) => json!({ "json": String::from_utf8_lossy(&text) }),
            connector_sdk::Body::Bytes(kind, text) => json!({ kind: String::from_utf8_lossy(&text) }),
            connector_sdk::Body::Form(pairs) => json!({ "form": pairs }),
            connector_sdk::Body::Multipart(parts) => {
                json!({ "multipart": parts.iter().map(|p| json!([p.name, p.file_name, p.content_type])).collect::<Vec<_>>() })
            }
            connector_sdk::Body::File { content_type, .. } => json!({ "file": content_type }),
            _ => panic!("a body of another kind"),
        }
    };
    let typed = json!([{ "key": "Content-Type", "value": "text/csv" }]);
    let file = json!([{ "key": "f", "file": { "text": "x" } }]);
    let form = json!([{ "key": "a", "value": "1" }]);
    let cases = [
        (json!({}), json!("nothing")),
        (json!({ "data": null }), json!("nothing")),
        (json!({ "data": { "b": 1, "a": [1.0] } }), json!({ "json": r#"{"b":1,"a":[1.0]}"# })),
        (json!({ "data": [1] }), json!({ "json": "[1]" })),
        (json!({ "data": " { \"a\" :1}" }), json!({ "json": " { \"a\" :1}" })),
        (json!({ "data": "hello" }), json!({ "text/plain": "hello" })),
        (json!({ "data": "{broken" }), json!({ "text/plain": "{broken" })),
        (json!({ "data": "a;b", "headers": typed }), json!({ "text/csv": "a;b" })),
        (json!({ "data": { "a": 1 }, "bodyType": "raw" }), json!({ "application/json": r#"{"a":1}"# })),
        (json!({ "data": "12", "bodyType": "json" }), json!({ "json": "12" })),
        (
            json!({ "formData": form, "fileData": file }),
            json!({ "multipart": [["a", null, null], ["f", "f", "application/octet-stream"]] }),
        ),
        (json!({ "formData": form, "bodyType": "form" }), json!({ "form": [["a", "1"]] })),
        (json!({ "fileData": file, "bodyType": "raw" }), json!({ "file": "application/octet-stream" })),
        (json!({ "fileData": file, "bodyType": "raw", "headers": typed }), json!({ "file": "text/csv" })),
    ];
    for (input, expected) in cases {
        assert_eq!(body(input.clone()), expected, "{input}");
    }
}

#[test]
fn a_body_that_contradicts_itself_is_refused() {
    let file = json!([{ "key": "f", "file": { "text": "x" } }]);
    let form = json!([{ "key": "a", "value": "1" }]);
    let cases = [
        (json!({ "method": "GET", "data": 1 }), vec!["/data"]),
        (json!({ "method": "HEAD", "formData": form, "fileData": file }), vec!["/formData", "/fileData"]),
        (json!({ "bodyType": "none", "data": 1 }), vec!["/data"]),
        (json!({ "bodyType": "json" }), vec!["/data"]),
        (json!({ "bodyType": "json", "data": "not json" }), vec!["/data"]),
        (json!({ "bodyType": "json", "data": 1, "formData": form }), vec!["/formData"]),
        (json!({ "bodyType": "form", "fileData": file }), vec!["/fileData"]),
        (json!({ "data": 1, "formData": form }), vec!["/data"]),
        (json!({ "bodyType": "raw" }), vec!["/bodyType"]),
        (json!({ "bodyType": "raw", "data": "x", "fileData": file }), vec!["/fileData"]),
        (json!({ "bodyType": "raw", "fileData": [file[0], file[0]] }), vec!["/fileData/1"]),
        (json!({ "formData": form, "headers": [{ "key": "Content-Type", "value": "x/y" }] }), vec!["/headers"]),
        (json!({ "fileData": [{ "key": "f", "file": { "file": "nowhere" } }] }), vec!["/fileData/0/file"]),
        (
            json!({ "fileData": [{ "key": "a\nb", "file": { "base64": "!" } }] }),
            vec!["/fileData/0/key", "/fileData/0/file"],
        ),
    ];
    for (input, expected) in cases {
        let mut whole = json!({ "method": "POST", "url": "/x" });
        whole.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        assert_eq!(pointers("raw_request", whole), expected, "{input}");
    }
    assert_eq!(pointers("put", json!({ "url": "/x", "body": "a", "file": { "text": "b" } })), ["/file"]);
    assert_eq!(pointers("put", json!({ "url": "/x", "file": { "file": "nowhere" } })), ["/file"]);
}

#[test]
fn every_violation_is_reported_at_once() {
    let input = json!({ "method": "POST", "url": "/../x", "bodyType": "json", "data": "no", "headers": [{ "key": "hOsT", "value": "evil" }, { "key": "x", "value": "a\r\nb" }] });
    let found = refused("raw_request", input);
    assert_eq!(
        found.iter().map(|issue| issue.pointer.as_str()).collect::<Vec<_>>(),
        ["/url", "/headers/0/key", "/headers/1/value", "/data"]
    );
    assert!(found.iter().all(|issue| !issue.message.is_empty()));
}

#[test]
fn an_answer_of_another_kind_is_handed_on_as_what_it_is() {
    let body = |kind: &str, response: Response| {
        play("get", json!({ "url": "/x", "responseType": kind }), [response]).0.unwrap()["body"].clone()
    };
    assert_eq!(body("json", Response::new(200, "plain")), "plain");
    assert_eq!(body("text", Response::new(200, r#"{"a":1}"#)), r#"{"a":1}"#);
    let bytes = body("json", with(Response::new(200, vec![0xff, 0xfe]), "content-type", "image/png"));
    assert_eq!((bytes["base64"].as_str(), bytes["contentType"].as_str()), (Some("//4="), Some("image/png")));
    let (output, _) = play(
        "get",
        json!({ "url": "/x", "responseType": "binary" }),
        [with(Response::new(200, "abc"), "content-type", "text/csv")],
    );
    let output = output.unwrap();
    assert_eq!((&output["status"], &output["headers"]), (&json!(200), &json!({ "content-type": "text/csv" })));
    assert_eq!(output["body"], json!({ "name": "download", "contentType": "text/csv", "size": 3, "base64": "YWJj" }));
}

#[test]
fn retries_and_the_timeout_are_the_callers() {
    let request = |input: Value| match plan("raw_request", input).unwrap().into_step() {
        Step::Call { request, .. } => *request,
        other => panic!("{other:?}"),
    };
    let rule = request(json!({ "method": "GET", "url": "/me" })).options().retry().unwrap();
    assert_eq!((rule.max, rule.delay, rule.exponential, rule.all_errors), (0, Duration::ZERO, false, false));
    let input = json!({ "method": "POST", "url": "/me", "maxRetries": 3, "retryDelayMs": 250, "useExponentialBackoff": true, "retryOnAllErrors": true, "timeoutMs": 1500 });
    let all = request(input);
    let rule = all.options().retry().unwrap();
    assert_eq!((rule.max, rule.delay, rule.exponential, rule.all_errors), (3, Duration::from_millis(250), true, true));
    assert_eq!(all.options().timeout(), Some(Duration::from_millis(1500)));
    assert!(!all.options().is_idempotent(), "a POST whose answer is lost must not be sent twice");
    assert!(
        !request(json!({ "method": "POST", "url": "https://graph.microsoft.com/v1.0/me" })).options().is_idempotent()
    );
}

#[test]
fn debug_shows_the_request_without_secrets() {
    let input = json!({ "method": "POST", "url": "/users?access_token=t0p", "apiVersion": "beta", "debug": true,
        "headers": [{ "key": "X-Api-Key", "value": "s3cret" }, { "key": "Prefer", "value": "p" }],
        "data": { "displayName": "A", "passwordProfile": { "password": "hunter2" } } });
    let (output, stage) = play("raw_request", input.clone(), [answer(201, json!({}))]);
    assert_eq!(
        output.unwrap()["request"],
        json!({
            "method": "POST", "url": "/beta/users?access_token=(hidden)",
            "headers": { "prefer": "p", "x-api-key": "(hidden)" },
            "body": { "displayName": "A", "passwordProfile": "(hidden)" }
        })
    );
    assert_eq!(stage.sent[0].headers["x-api-key"], "s3cret");
    assert!(stage.sent[0].body.as_ref().unwrap().to_string().contains("hunter2"));
    let (output, _) =
        play("raw_request", input, [answer(400, json!({ "error": { "code": "BadRequest", "message": "no" } }))]);
    let shown = serde_json::to_string(&output.unwrap_err()).unwrap();
    assert!(shown.contains("/beta/users"), "{shown}");
    for secret in ["t0p", "s3cret", "hunter2"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let text = json!({ "method": "POST", "url": "/x", "data": "password=hunter2", "debug": true });
    let (output, _) = play("raw_request", text, [Response::new(204, "")]);
    assert_eq!(output.unwrap()["request"]["body"], "(16 bytes of text/plain)");
}

#[test]
fn a_body_that_announces_a_secret_stays_out_of_traces() {
    let sensitive = |data: Value| match plan("post", json!({ "url": "/users", "body": data })).unwrap().into_step() {
        Step::Call { request, .. } => request.options().is_sensitive(),
        other => panic!("{other:?}"),
    };
    assert!(sensitive(json!({ "passwordProfile": { "password": "p" } })));
    assert!(sensitive(json!(r#"{ "clientSecret": "p" }"#)));
    assert!(!sensitive(json!({ "displayName": "A" })));
}
