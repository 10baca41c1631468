//! Cursors and events that an older version stored are found again.

use std::sync::Arc;

use bytes::Bytes;
use connector_sdk::{Code, Secret};
use graph_client::Endpoint;
use graph_sandbox::{Holder, Sandbox};
use serde_json::{Value, json};

use sha2::{Digest, Sha256};

use super::*;
use crate::connection::ExternalConnection;
use crate::store::{EventLog, NewEvent, Sqlite};
use crate::{Host, KeyRing, Listener};

fn host(store: &Sqlite) -> Host {
    let sandbox = Sandbox::new();
    let token = Secret::new(sandbox.issue_token(Holder::User("adelev@contoso.example"), &["Mail.Read"]));
    let given =
        ExternalConnection::with_token(Endpoint::new("https://graph.sandbox.invalid").unwrap(), &token, None).unwrap();
    Host::builder()
        .connector(outlook_connector::connector())
        .store(Arc::new(store.clone()), KeyRing::random().unwrap())
        .connection("work", given.transport(Arc::new(sandbox)))
        .build()
        .unwrap()
}

fn listen(input: Value, name: Option<&str>) -> Listen {
    Listen { name: name.map(str::to_owned), ..Listen::new("outlook.new_email", "work", input) }
}

async fn ids(listener: &mut Listener) -> Vec<String> {
    let mut ids = Vec::new();
    while let Some(event) = listener.waiting().await.unwrap() {
        listener.ack(&event).await.unwrap();
        ids.push(event.id);
    }
    ids
}

// As older versions named it.
fn unnamed(input: &str) -> String {
    format!("trigger/{:x}", Sha256::digest(format!("outlook.new_email\nwork\n{input}")))
}

#[tokio::test]
async fn a_cursor_of_the_old_form_goes_on_with_its_events() {
    let input = r#"{"subjectContains":"x","folderId":"inbox"}"#;
    for (former, name) in [("named/mine".to_owned(), Some("mine")), (unnamed(input), None)] {
        let store = Sqlite::in_memory().unwrap();
        let committed = store
            .commit(&former, None, &[NewEvent::new("one", "{}"), NewEvent::new("two", "{}")], "cursor".into())
            .await
            .unwrap();
        let read = store.read(&former, super::super::listener::CONSUMER, 10).await.unwrap();
        store.ack(&former, super::super::listener::CONSUMER, read[0].sequence).await.unwrap();
        let host = host(&store);
        let mut listener = host.listen(listen(serde_json::from_str(input).unwrap(), name)).await.unwrap();
        assert_eq!(ids(&mut listener).await, ["two"]);
        let cursor = store.cursor(&listener.poller.source).await.unwrap();
        assert_eq!(cursor, Some((committed.revision, Bytes::from("cursor"))));
        assert_eq!(store.cursor(&former).await.unwrap(), None, "it has moved");
    }
}

#[tokio::test]
async fn a_listener_of_an_older_version_is_not_robbed() {
    let store = Sqlite::in_memory().unwrap();
    store.commit("named/mine", None, &[], "cursor".into()).await.unwrap();
    crate::store::DocumentStore::lock(&store, "listen/named/mine", "older", Duration::from_secs(60))
        .await
        .unwrap()
        .unwrap();
    let error = host(&store).listen(listen(json!({}), Some("mine"))).await.map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    assert!(store.cursor("named/mine").await.unwrap().is_some());
}

#[tokio::test]
async fn the_order_of_properties_makes_no_other_listener() {
    let host = host(&Sqlite::in_memory().unwrap());
    let listener = host.listen(listen(json!({ "folderId": "inbox", "subjectContains": "x" }), None)).await.unwrap();
    let other = host
        .listen(listen(json!({ "subjectContains": "x", "folderId": "inbox" }), None))
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(other.code(), Code::Conflict, "it is the same listener");
    drop(listener);
    // A listener that is dropped gives its name back, in a moment.
    for _ in 0..1000 {
        if host.listen(listen(json!({ "subjectContains": "x", "folderId": "inbox" }), None)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the name was not given back");
}
