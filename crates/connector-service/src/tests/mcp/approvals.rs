//! Approvals: by a form of the client, by somebody elsewhere, or by nobody.

use std::time::Duration;

use connector_runtime::ApprovalBy;
use serde_json::{Value, json};

use super::client::{Client, called};
use super::{changes, guarded};
use crate::options::{Limits, Options};
use crate::tests::world::{Key, World, mail};

async fn world(wait: Duration) -> World {
    World::with(Options::new().limits(Limits { approval: wait, ..Limits::default() })).await
}

// The call that needs the approval.
async fn confirmed(client: &Client<'_>, subject: &str) -> Value {
    let mut asked = json!({ "action": "outlook.send_email", "connection": "work", "input": mail(subject) });
    let previewed = client.done("preview_action", asked.clone()).await;
    assert_eq!(previewed["rule"], "after_approval");
    asked["confirm"] = previewed["confirm"].clone();
    asked
}

fn params(arguments: &Value) -> Value {
    json!({ "name": "run_irreversible_action", "arguments": arguments })
}

// What a client sends when somebody has filled in the form.
fn answered(arguments: &Value, asked: &Value, answer: Value) -> Value {
    let mut params = params(arguments);
    params["inputResponses"] = json!({ "approval": answer });
    params["requestState"] = asked["requestState"].clone();
    params
}

#[tokio::test]
async fn the_person_in_front_of_the_client_is_asked_where_the_rules_accept_that() {
    let world = world(Duration::ZERO).await;
    let key = guarded(&world, ApprovalBy::ClientOrConsole).await;
    let client = Client::new(&world, Some(&key)).with_forms();
    let arguments = confirmed(&client, "Lunch").await;
    let asked = client.result("tools/call", params(&arguments)).await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let form = &asked["inputRequests"]["approval"];
    assert_eq!(form["method"], "elicitation/create");
    let message = form["params"]["message"].as_str().unwrap();
    assert!(message.contains("Lunch") && message.contains("meganb@contoso.example"), "{message}");
    assert_eq!(form["params"]["requestedSchema"]["required"], json!(["approve"]));
    assert_eq!(changes(&world), Vec::<String>::new());

    // An answer to another question, and one that says nothing, are no answers.
    let mut other = answered(&arguments, &asked, json!({ "action": "accept", "content": { "approve": true } }));
    other["requestState"] = "0".repeat(32).into();
    let again = client.result("tools/call", other).await;
    assert_eq!(again["resultType"], "input_required");
    let put_aside = answered(&arguments, &asked, json!({ "action": "cancel" }));
    let waiting = called(client.result("tools/call", put_aside).await);
    assert_eq!(waiting.json["error"]["reason"], "approval_waiting", "{}", waiting.json);
    assert_eq!(changes(&world), Vec::<String>::new());

    let yes = answered(&arguments, &asked, json!({ "action": "accept", "content": { "approve": true } }));
    let done = called(client.result("tools/call", yes).await);
    assert!(!done.is_error, "{}", done.json);
    assert_eq!(changes(&world).len(), 1);
    world.end().await;
}

#[tokio::test]
async fn no_is_no_however_it_is_said() {
    let world = world(Duration::ZERO).await;
    let key = guarded(&world, ApprovalBy::ClientOrConsole).await;
    let client = Client::new(&world, Some(&key)).with_forms();
    for (subject, answer) in [
        ("a", json!({ "action": "decline" })),
        ("b", json!({ "action": "accept", "content": { "approve": false } })),
        ("c", json!({ "action": "accept", "content": {} })),
        ("d", json!({ "action": "accept" })),
        ("e", json!({ "action": "accept", "content": { "approve": "true" } })),
    ] {
        let arguments = confirmed(&client, subject).await;
        let asked = client.result("tools/call", params(&arguments)).await;
        let refused = called(client.result("tools/call", answered(&arguments, &asked, answer)).await);
        assert_eq!(refused.json["error"]["code"], "denied", "{}", refused.json);
        let again = called(client.result("tools/call", params(&arguments)).await);
        assert_eq!(again.json["error"]["reason"], "refused", "it stays refused: {}", again.json);
    }
    let arguments = confirmed(&client, "f").await;
    let asked = client.result("tools/call", params(&arguments)).await;
    let odd = called(client.result("tools/call", answered(&arguments, &asked, json!("yes"))).await);
    assert_eq!(odd.json["error"]["code"], "invalid_input", "{}", odd.json);
    assert_eq!(changes(&world), Vec::<String>::new());
    world.end().await;
}

#[tokio::test]
async fn an_answer_through_the_client_counts_only_where_the_rules_accept_it() {
    let world = world(Duration::ZERO).await;
    let key = guarded(&world, ApprovalBy::Console).await;
    let client = Client::new(&world, Some(&key)).with_forms();
    let arguments = confirmed(&client, "Lunch").await;
    let waiting = called(client.result("tools/call", params(&arguments)).await);
    assert_eq!(waiting.json["error"]["reason"], "approval_waiting", "{}", waiting.json);
    let id = waiting.json["approval"]["id"].as_str().unwrap();
    let forged = json!({ "requestState": id });
    let yes = json!({ "action": "accept", "content": { "approve": true } });
    let still = called(client.result("tools/call", answered(&arguments, &forged, yes)).await);
    assert_eq!(still.json["error"]["reason"], "approval_waiting", "{}", still.json);
    assert_eq!(changes(&world), Vec::<String>::new());
    world.end().await;
}

async fn approve(world: &World, id: &str, yes: bool) {
    world.owner().approvals().answer(id, yes).await.unwrap();
}

#[tokio::test]
async fn somebody_elsewhere_answers_and_the_same_call_goes_on() {
    let world = world(Duration::ZERO).await;
    for approvals in [ApprovalBy::Console, ApprovalBy::ClientOrConsole] {
        world.sandbox.forget_requests();
        let key = guarded(&world, approvals).await;
        let client = Client::new(&world, Some(&key));
        let arguments = confirmed(&client, "Lunch").await;
        let waiting = called(client.result("tools/call", params(&arguments)).await);
        assert!(waiting.is_error && waiting.json["error"]["retryable"] == true, "{}", waiting.json);
        let id = waiting.json["approval"]["id"].as_str().unwrap().to_owned();
        // Neither it nor another agent can answer.
        let path = format!("/v1/approvals/{id}/approve");
        world.post(&path, Some(&key), &json!({})).await.problem(403, "denied");
        approve(&world, &id, true).await;
        let done = called(client.result("tools/call", params(&arguments)).await);
        assert!(!done.is_error, "{}", done.json);
        assert_eq!(changes(&world).len(), 1);
    }
    world.end().await;
}

#[tokio::test]
async fn a_call_waits_for_the_answer() {
    let world = world(Duration::from_secs(60)).await;
    for (yes, code) in [(true, Value::Null), (false, json!("denied"))] {
        let key: Key = guarded(&world, ApprovalBy::Console).await;
        let client = Client::new(&world, Some(&key));
        let arguments = confirmed(&client, if yes { "a" } else { "b" }).await;
        let answer = async {
            loop {
                let all = world.owner().approvals().list().await.unwrap();
                if let Some(open) = all.iter().find(|approval| approval.is_open()) {
                    break approve(&world, &open.id, yes).await;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let (result, ()) = tokio::join!(client.result("tools/call", params(&arguments)), answer);
        let told = called(result);
        assert_eq!(told.json["error"]["code"], code, "{}", told.json);
    }
    assert_eq!(changes(&world).len(), 1);
    world.end().await;
}
