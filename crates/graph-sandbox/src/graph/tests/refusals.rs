//! What Graph refuses before it looks at any data.

use serde_json::json;

use crate::graph::testing::Bench;

#[test]
fn paths_and_methods_that_do_not_exist() {
    let bench = Bench::adele();
    let answer = bench.get("/me/mesages");
    assert_eq!(answer.message(), "Resource not found for the segment 'mesages'.");
    answer.refused(400, "BadRequest");
    bench.send("PUT", "/me/messages", None).refused(405, "sandboxNotServed");
    bench.send("PATCH", "/users", None).refused(405, "sandboxNotServed");
    bench.get("/planner/tasks").refused(501, "sandboxNotServed");
    bench.post("/planner/tasks", json!({})).refused(501, "sandboxNotServed");
    let request = http::Request::get("/v3.0/me").body(bytes::Bytes::new()).unwrap();
    assert_eq!(bench.graph.handle(&bench.caller, "http://127.0.0.1:1", &request).status(), 400);
}

#[test]
fn permissions_are_needed() {
    let reader = Bench::with("Mail.Read User.Read");
    reader.get("/me/messages").ok(200);
    reader.get("/me").ok(200);
    reader.get("/users").refused(403, "Authorization_RequestDenied");
    reader.get("/users/alexw@contoso.example/messages").refused(403, "ErrorAccessDenied");
    reader.post("/me/messages", json!({ "subject": "x" })).refused(403, "ErrorAccessDenied");
    reader.post("/me/sendMail", json!({})).refused(403, "ErrorAccessDenied");
    Bench::with("Mail.Read.Shared").get("/users/alexw@contoso.example/messages").ok(200);
    let basic = Bench::with("Mail.ReadBasic");
    assert!(
        basic
            .get("/me/messages")
            .items()
            .iter()
            .all(|message| message.get("subject").is_some() && message.get("body").is_none())
    );
    basic.get("/me/messages?$select=body").refused(403, "ErrorAccessDenied");
    basic.get("/me/messages?$expand=attachments").refused(403, "ErrorAccessDenied");
    let members = Bench::with("GroupMember.ReadWrite.All");
    let group = members.get("/groups?$filter=displayName eq 'Retail'").items()[0]["id"].as_str().unwrap().to_owned();
    members
        .patch(&format!("/groups/{group}"), json!({ "description": "x" }))
        .refused(403, "Authorization_RequestDenied");
}

#[test]
fn an_app_is_nobody() {
    let app = Bench::app("Mail.Read User.Read.All");
    app.get("/me/messages").refused(400, "BadRequest");
    app.get("/users/alexw@contoso.example/messages").ok(200);
    app.get("/users").ok(200);
    app.post("/users", json!({})).refused(403, "Authorization_RequestDenied");
}

#[test]
fn answers_carry_the_ids_of_their_request() {
    let bench = Bench::adele().header("client-request-id", "abc");
    let answer = bench.get("/me/mesages");
    assert_eq!(answer.header("client-request-id"), "abc");
    assert_eq!(answer.body["error"]["innerError"]["client-request-id"], "abc");
    assert_eq!(answer.body["error"]["innerError"]["request-id"], answer.header("request-id"));
    let other = bench.get("/me");
    assert_ne!(other.header("request-id"), answer.header("request-id"));
    assert!(other.header("content-type").starts_with("application/json;odata.metadata=minimal"));
}

#[test]
fn bodies_have_to_be_json() {
    let bench = Bench::adele();
    bench.send("POST", "/me/messages", None).refused(400, "BadRequest");
    bench.send("POST", "/me/messages", Some(("application/json", "{".into()))).refused(400, "BadRequest");
    bench.send("POST", "/me/messages", Some(("text/css", "{}".into()))).refused(415, "UnsupportedMediaType");
}
