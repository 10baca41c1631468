//! Changes: the delta action and the triggers.

use connector_runtime::Listener;
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::{ADELE, Stage, plain};

covers! {
    action "graph_raw.delta_request": changes_come_after_the_token, a_forgotten_token_is_said_to_be_one;
    trigger "graph_raw.delta_changes": each_change_is_an_event_once, what_is_no_delta_function_cannot_be_watched;
    trigger "graph_raw.poll_collection": what_is_newer_is_an_event_once, items_without_a_time_cannot_be_watched;
    trigger "outlook.new_email": a_mail_that_arrives_fires_once, a_folder_that_is_not_there_cannot_be_watched;
}

/// What there is to hear now, all of it acknowledged.
pub(crate) async fn heard(listener: &mut Listener) -> Vec<Value> {
    let mut events = Vec::new();
    while let Some(event) = listener.try_next().await.unwrap() {
        listener.ack(&event).await.unwrap();
        events.push(plain(event.data.read().unwrap()));
    }
    events
}

fn create_user(stage: &Stage, name: &str) -> String {
    let user = json!({
        "accountEnabled": true, "displayName": name, "mailNickname": name, "userPrincipalName": format!("{name}@contoso.example"),
        "passwordProfile": { "password": "Xa9#xa9#xa9#" }
    });
    stage.ask("POST", "/users", &user)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn changes_come_after_the_token() {
    let stage = Stage::new();
    let first = stage.works("graph_raw.delta_request", json!({ "url": "/users/delta?$select=displayName" })).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 12);
    let grace = create_user(&stage, "grace");
    let patti = stage.look("/users/pattif@contoso.example")["id"].as_str().unwrap().to_owned();
    stage.ask("DELETE", &format!("/users/{patti}"), &Value::Null);
    let second = stage.works("graph_raw.delta_request", json!({ "deltaToken": first["deltaToken"] })).await;
    assert_eq!((second["items"].as_array().unwrap().len(), &second["items"][0]["id"]), (1, &json!(grace)));
    assert_eq!((second["removed"].as_array().unwrap().len(), &second["removed"][0]["id"]), (1, &json!(patti)));
    let third = stage.works("graph_raw.delta_request", json!({ "deltaToken": second["deltaToken"] })).await;
    assert_eq!((&third["items"], &third["removed"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_forgotten_token_is_said_to_be_one() {
    let stage = Stage::new();
    let first = stage.works("graph_raw.delta_request", json!({ "url": "/groups/delta", "startFromNow": true })).await;
    assert_eq!(first["items"], json!([]));
    stage.sandbox.graph().expire_delta_tokens();
    let error = stage.fails("graph_raw.delta_request", json!({ "deltaToken": first["deltaToken"] })).await;
    assert!(error.is_resync(), "{error}");
    assert!(error.advice().contains("delta token"), "{}", error.advice());
    // A token leads to this connection's Graph, or nowhere.
    stage.sandbox.forget_requests();
    let error = stage
        .fails(
            "graph_raw.delta_request",
            json!({ "deltaToken": "https://evil.example/v1.0/users/delta?$deltatoken=x" }),
        )
        .await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/deltaToken"));
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn each_change_is_an_event_once() {
    let stage = Stage::new();
    let mut listener =
        stage.listen("graph_raw.delta_changes", json!({ "url": "/users/delta?$select=displayName" })).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "what was there before does not fire");
    let grace = create_user(&stage, "grace");
    let events = heard(&mut listener).await;
    assert_eq!((events.len(), &events[0]["id"]), (1, &json!(grace)));
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    stage.ask("DELETE", &format!("/users/{grace}"), &Value::Null);
    let events = heard(&mut listener).await;
    assert_eq!((events.len(), events[0]["@removed"].is_object()), (1, true));
}

#[tokio::test]
async fn a_lost_place_in_the_changes_invents_no_event() {
    let stage = Stage::new();
    let mut listener =
        stage.listen("graph_raw.delta_changes", json!({ "url": "/users/delta?$select=displayName" })).await.unwrap();
    heard(&mut listener).await;
    for lost in ["forgotten", "gone"] {
        match lost {
            "forgotten" => stage.sandbox.graph().expire_delta_tokens(),
            _ => stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/users/delta").once()),
        }
        assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "{lost}");
        let id = create_user(&stage, lost);
        let events = heard(&mut listener).await;
        assert_eq!((events.len(), &events[0]["id"]), (1, &json!(id)), "{lost}");
    }
    // Who wants what is there too reads it again, and hears of nothing twice.
    let input = json!({ "url": "/users/delta?$select=displayName", "startFromNow": false });
    let mut listener = stage.listen("graph_raw.delta_changes", input).await.unwrap();
    assert_eq!(heard(&mut listener).await.len(), 14);
    stage.sandbox.graph().expire_delta_tokens();
    let id = create_user(&stage, "third");
    let events = heard(&mut listener).await;
    assert_eq!((events.len(), &events[0]["id"]), (1, &json!(id)));
}

#[tokio::test]
async fn what_is_no_delta_function_cannot_be_watched() {
    let stage = Stage::new();
    let mut listener =
        stage.listen("graph_raw.delta_changes", json!({ "url": "/users", "startFromNow": false })).await.unwrap();
    let error = listener.try_next().await.unwrap_err();
    assert_eq!(error.code(), Code::Protocol);
    assert!(error.advice().contains("/delta"), "{}", error.advice());
}

#[tokio::test]
async fn what_is_newer_is_an_event_once() {
    let stage = Stage::new();
    let input = json!({ "url": "/me/messages?$select=subject,receivedDateTime", "cursorField": "receivedDateTime" });
    let mut listener = stage.listen("graph_raw.poll_collection", input).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "what was there before does not fire");
    let later = stage.sandbox.clock().now() + std::time::Duration::from_secs(2);
    for subject in ["First", "Second"] {
        stage.sandbox.graph().deliver(
            ADELE,
            "inbox",
            json!({ "subject": subject, "receivedDateTime": later.to_string() }),
        );
    }
    let events = heard(&mut listener).await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
}

#[tokio::test]
async fn items_without_a_time_cannot_be_watched() {
    let stage = Stage::new();
    let error = stage
        .listen("graph_raw.poll_collection", json!({ "url": "/users", "cursorField": "a b" }))
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/cursorField"));
    let mut listener =
        stage.listen("graph_raw.poll_collection", json!({ "url": "/users", "cursorField": "nothing" })).await.unwrap();
    let error = listener.try_next().await.unwrap_err();
    assert_eq!(error.code(), Code::Rejected, "{error}");
}

#[tokio::test]
async fn a_mail_that_arrives_fires_once() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.new_email", json!({ "subjectContains": "invoice" })).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    for subject in ["Your INVOICE", "Lunch", "Second invoice"] {
        stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": subject }));
    }
    let mut subjects: Vec<_> =
        heard(&mut listener).await.iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect();
    subjects.sort();
    assert_eq!(subjects, ["Second invoice", "Your INVOICE"]);
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    // A lost cursor reads the last day again; what is known stays silent.
    stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/delta").once());
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    assert_eq!(stage.sandbox.faults().counts().fired, 1);
}

#[tokio::test(start_paused = true)]
async fn what_passes_by_itself_is_waited_out() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.new_email", json!({})).await.unwrap();
    assert_eq!(heard(&mut listener).await, Vec::<Value>::new());
    stage.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": "At last" }));
    stage.sandbox.faults().add(Rule::new(Fault::GatewayTimeout).path("/delta").times(9));
    let event = listener.next().await.unwrap();
    assert_eq!(event.data.read::<Value>().unwrap()["subject"], "At last");
    assert_eq!(stage.sandbox.faults().counts().fired, 9);
}

#[tokio::test]
async fn a_folder_that_is_not_there_cannot_be_watched() {
    let stage = Stage::new();
    let mut listener = stage.listen("outlook.new_email", json!({ "folderId": "AAMkAnotAfolder" })).await.unwrap();
    let error = listener.try_next().await.unwrap_err();
    assert!(matches!(error.code(), Code::NotFound | Code::Rejected), "{error}");
    let error = stage.listen("outlook.new_email", json!({ "sinse": "x" })).await.map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}
