use std::sync::Arc;

use bytes::Bytes;
use connector_sdk::{Body, Code, Continuation, FileRef, FileSource, Order, Plan, Request, Scopes, Upload};
use graph_client::{Session, preview};
use serde_json::json;

use crate::stage::{Memory, session};

fn viewer() -> Session {
    let scopes = Scopes::users(&["Mail.Send"]);
    let attached = [("a.txt".to_owned(), Bytes::from_static(b"hello"))].into();
    Session { scopes, files: Arc::new(Memory { attached, ..Memory::default() }), ..session() }
}

#[tokio::test]
async fn a_preview_is_what_would_be_sent() {
    let plan = Request::post("/users/{user}/sendMail")
        .path_param("user", "adele@contoso.com")
        .prefer("x")
        .json(json!({ "a": 1.0 }))
        .accepted();
    let preview = preview(plan, &viewer()).await.unwrap();
    assert_eq!(
        serde_json::to_value(&preview).unwrap(),
        json!({
            "requests": [{
                "method": "POST", "url": "https://graph.microsoft.com/v1.0/users/adele@contoso.com/sendMail", "template": "/users/{user}/sendMail",
                "headers": { "prefer": "x" }, "body": { "a": 1.0 }, "needs": [["Mail.Send"]],
            }],
            "complete": true,
        })
    );
}

#[tokio::test]
async fn secrets_and_bytes_are_not_shown() {
    let body = async |request: Request| {
        serde_json::to_value(preview(request.accepted(), &viewer()).await.unwrap()).unwrap()["requests"][0]
            .get("body")
            .cloned()
    };
    assert_eq!(body(Request::post("/x").json(json!({ "password": "p" })).sensitive()).await, Some(json!("(hidden)")));
    assert_eq!(
        body(Request::post("/x").body(Body::Bytes("a/b".into(), vec![0xff, 0].into()))).await,
        Some(json!({ "bytes": 2 }))
    );
    assert_eq!(body(Request::post("/x").body(Body::Bytes("text/plain".into(), "hi".into()))).await, Some(json!("hi")));
    assert_eq!(
        body(Request::post("/x").body(Body::Form(vec![("a".into(), "b c".into())]))).await,
        Some(json!({ "a": "b c" }))
    );
    assert_eq!(body(Request::get("/x")).await, None);
    let file = FileSource(FileRef::Attached { file: "a.txt".into() });
    assert_eq!(
        body(Request::put("/x").body(Body::File { file, range: None, content_type: "a/b".into() })).await,
        Some(json!({ "bytes": 5 }))
    );
}

#[tokio::test]
async fn it_reads_files_and_goes_as_far_as_it_can() {
    let read = Plan::read(FileRef::Attached { file: "a.txt".into() }, |bytes| {
        Request::post("/x").json(json!({ "size": bytes.len() })).accepted()
    });
    let shown = preview(read, &viewer()).await.unwrap();
    assert_eq!(shown.requests[0].body.as_ref().unwrap().as_str(), r#"{"size":5}"#);

    let two = Plan::call(Request::get("/a"), |_| Request::get("/b").accepted());
    assert!(!preview(two, &viewer()).await.unwrap().complete);
    let many = Plan::finish_all(vec![Request::get("/a"), Request::get("/b")], Order::Sequential, |_| Ok(()));
    let shown = preview(many, &viewer()).await.unwrap();
    assert_eq!((shown.requests.len(), shown.complete, shown.order), (2, true, Some("in_turn")));
    let upload = Upload::new("https://x.example/secret", FileRef::Attached { file: "a.txt".into() });
    let shown = preview(Plan::upload_then(upload, Continuation::last(|_| Plan::done(()))), &viewer()).await.unwrap();
    assert!(!serde_json::to_string(&shown).unwrap().contains("secret"));
    let wrong = preview(Request::get("/users/{u}").path_param("u", "..").accepted(), &viewer()).await.unwrap_err();
    assert_eq!(wrong.code(), Code::InvalidInput);
}
