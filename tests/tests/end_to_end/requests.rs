//! Single raw requests.

use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::{ADELE, Stage};

covers! {
    action "graph_raw.get": what_is_there_is_read, what_is_not_there_is_an_error_in_graphs_words;
    action "graph_raw.post": something_is_made_changed_and_removed, a_property_that_graph_does_not_know_is_refused;
    action "graph_raw.patch": something_is_made_changed_and_removed, a_change_of_what_is_not_there_fails;
    action "graph_raw.delete": something_is_made_changed_and_removed, nothing_is_removed_twice;
    action "graph_raw.put": a_small_file_is_put_and_read, what_cannot_be_replaced_is_refused;
    action "graph_raw.find_permissions": the_table_is_asked_offline, without_a_table_nobody_can_answer;
    action "graph_raw.raw_request": any_request_is_sent_and_shown_without_secrets, hostile_requests_are_refused_before_a_byte_leaves;
}

#[tokio::test]
async fn the_table_is_asked_offline() {
    let stage = Stage::new();
    let found = stage.works("graph_raw.find_permissions", json!({ "method": "PATCH", "path": "/groups/{id}" })).await;
    assert_eq!(found, json!({ "least": ["Group.ReadWrite.All"], "all": ["Group.ReadWrite.All"], "listed": true }));
    let unknown = stage.works("graph_raw.find_permissions", json!({ "method": "GET", "path": "/me/messages" })).await;
    assert_eq!((&unknown["listed"], &unknown["all"]), (&json!(false), &json!([])));
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn without_a_table_nobody_can_answer() {
    let (stage, _server) = Stage::served().await;
    let error = stage.fails("graph_raw.find_permissions", json!({ "method": "PATCH", "path": "/groups/{id}" })).await;
    assert_eq!(error.code(), Code::InvalidInput);
    let error = Stage::new().fails("graph_raw.find_permissions", json!({ "method": "STEAL", "path": "" })).await;
    assert_eq!(error.violations().len(), 2);
}

#[tokio::test]
async fn what_is_there_is_read() {
    let stage = Stage::new();
    let answer = stage
        .works("graph_raw.get", json!({ "url": "/me", "query": [{ "key": "$select", "value": "displayName" }] }))
        .await;
    assert_eq!((&answer["status"], &answer["body"]["displayName"]), (&json!(200), &json!("Adele Vance")));
    assert!(answer["headers"]["request-id"].is_string());
    assert_eq!(stage.seen(), ["GET /me?$select=displayName"]);
    // An app has no `me`, and finds the same person by name.
    let run = connector_runtime::Run::new("graph_raw.get", "app", json!({ "url": format!("/users/{ADELE}") }));
    assert_eq!(stage.execute(run).await.unwrap()["body"]["displayName"], "Adele Vance");
}

#[tokio::test]
async fn what_is_not_there_is_an_error_in_graphs_words() {
    let stage = Stage::new();
    let error = stage.fails("graph_raw.get", json!({ "url": "/users/nobody@contoso.example" })).await;
    assert_eq!((error.code(), error.has_upstream_code("Request_ResourceNotFound")), (Code::NotFound, true), "{error}");
    assert!(error.upstream().unwrap().request_id.is_some());
    let run = connector_runtime::Run::new("graph_raw.get", "app", json!({ "url": "/me" }));
    assert_eq!(stage.execute(run).await.unwrap_err().code(), Code::Rejected);
}

#[tokio::test]
async fn something_is_made_changed_and_removed() {
    let stage = Stage::new();
    let made = stage.works("graph_raw.post", json!({ "url": "/me/contacts", "body": { "givenName": "Pavel" } })).await;
    assert_eq!(made["status"], 201);
    let url = format!("/me/contacts/{}", made["body"]["id"].as_str().unwrap());
    stage.works("graph_raw.patch", json!({ "url": url, "body": { "surname": "Bansky" } })).await;
    let contact = stage.look(&url);
    assert_eq!((&contact["givenName"], &contact["surname"]), (&json!("Pavel"), &json!("Bansky")));
    let removed = stage.works("graph_raw.delete", json!({ "url": url })).await;
    assert_eq!((&removed["status"], &removed["body"]), (&json!(204), &json!(null)));
    assert_eq!(stage.fails("graph_raw.get", json!({ "url": url })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn a_property_that_graph_does_not_know_is_refused() {
    let stage = Stage::new();
    let error = stage.fails("graph_raw.post", json!({ "url": "/me/messages", "body": { "subjekt": "x" } })).await;
    assert_eq!(error.code(), Code::Rejected);
    assert!(error.message().contains("subjekt"), "{error}");
}

#[tokio::test]
async fn a_change_of_what_is_not_there_fails() {
    let stage = Stage::new();
    let error = stage
        .fails("graph_raw.patch", json!({ "url": "/users/nobody@contoso.example", "body": { "city": "Rome" } }))
        .await;
    assert_eq!(error.code(), Code::NotFound);
}

#[tokio::test]
async fn nothing_is_removed_twice() {
    let stage = Stage::new();
    let url = json!({ "url": "/me/drive/root:/Getting started.txt" });
    stage.works("graph_raw.delete", url.clone()).await;
    assert_eq!(stage.fails("graph_raw.delete", url).await.code(), Code::NotFound);
}

#[tokio::test]
async fn a_small_file_is_put_and_read() {
    let stage = Stage::new();
    let url = "/me/drive/root:/notes.txt:/content";
    let made = stage.works("graph_raw.put", json!({ "url": url, "file": { "text": "Grüße" } })).await;
    assert_eq!((&made["status"], &made["body"]["size"]), (&json!(201), &json!(7)));
    let read = stage.works("graph_raw.get", json!({ "url": url, "responseType": "binary" })).await;
    assert_eq!(read["body"]["base64"], "R3LDvMOfZQ==");
    // What another address answers is a file, and is not taken for Graph's answer.
    let error = stage.fails("graph_raw.get", json!({ "url": url, "responseType": "text" })).await;
    assert!(error.code() == Code::Protocol && error.advice().contains("`binary`"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_replaced_is_refused() {
    let stage = Stage::new();
    let error = stage.fails("graph_raw.put", json!({ "url": "/me/messages", "body": {} })).await;
    assert_eq!((error.code(), error.status()), (Code::Rejected, Some(405)));
}

#[tokio::test]
async fn any_request_is_sent_and_shown_without_secrets() {
    let stage = Stage::new();
    let input = json!({
        "method": "POST", "url": "/users", "debug": true, "data": {
            "accountEnabled": true, "displayName": "Grace", "mailNickname": "grace", "userPrincipalName": "grace@contoso.example",
            "passwordProfile": { "password": "Xa9#canary-word" } }
    });
    let answer = stage.works("graph_raw.raw_request", input).await;
    assert_eq!((&answer["status"], &answer["request"]["url"]), (&json!(201), &json!("/v1.0/users")));
    assert!(answer["request"].to_string().contains("grace@contoso.example"));
    assert!(!answer.to_string().contains("canary"), "{answer}");
}

#[tokio::test]
async fn hostile_requests_are_refused_before_a_byte_leaves() {
    let stage = Stage::new();
    for url in [
        "//evil.example/me",
        "https://evil.example/v1.0/me",
        "https://graph.sandbox.invalid.evil.example/v1.0/me",
        "https://graph.sandbox.invalid@evil.example/v1.0/me",
        "http://graph.sandbox.invalid/v1.0/me",
        "https://graph.sandbox.invalid/v1.0/../admin",
        "/\\evil.example",
        "/../../me",
        "/%2e%2e/me",
        "/me\r\nHost: evil.example",
        "me",
        "/v1.0/me",
        "/$batch",
    ] {
        let error = stage.fails("graph_raw.raw_request", json!({ "method": "GET", "url": url })).await;
        assert_eq!(error.code(), Code::InvalidInput, "{url}: {error}");
        assert_eq!(error.violations()[0].pointer, "/url", "{url}");
    }
    for header in [
        "Authorization",
        "authorization",
        "Host",
        "Cookie",
        "Content-Length",
        "Transfer-Encoding",
        "Proxy-Authorization",
    ] {
        let input = json!({ "method": "GET", "url": "/me", "headers": [{ "key": header, "value": "x" }] });
        let error = stage.fails("graph_raw.raw_request", input).await;
        assert_eq!((error.code(), error.violations().len()), (Code::InvalidInput, 1), "{header}: {error}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}
