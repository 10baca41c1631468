//! Runs in every form, previews, confirmations, idempotency keys.

use std::time::Duration;

use connector_runtime::{Grant, Rule, Rules};
use graph_sandbox::{Fault, Rule as FaultRule};
use serde_json::{Value, json};

use super::endings::until;
use super::world::{World, mail, reaching};

const LIST: &str = "/v1/actions/outlook.list_emails/run?connection=sandbox";
const SEND: &str = "/v1/actions/outlook.send_email/run?connection=work";

fn gone() -> Fault {
    Fault::Status { status: 404, code: "ErrorItemNotFound".into(), message: "It is gone.".into() }
}

#[tokio::test]
async fn a_list_comes_whole_as_lines_and_as_events() {
    let world = World::new().await;
    let whole = world.post(LIST, None, &json!({ "limit": 3 })).await;
    assert_eq!((whole.status.as_u16(), whole.header("content-type")), (200, "application/json"));
    let items = whole.json()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 3);
    assert_eq!(whole.header("x-request-id").len(), 36);

    let accept = |form| [("accept", form)];
    let lines = world.post_with(LIST, None, &accept("application/x-ndjson"), &json!({ "limit": 3 })).await;
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = lines.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[..3], items[..]);
    assert!(lines.len() == 4 && lines[3]["$result"].is_object(), "{lines:?}");

    let events = world.post_with(LIST, None, &accept("text/event-stream"), &json!({ "limit": 3 })).await;
    assert_eq!(events.header("content-type"), "text/event-stream");
    let data = |name: &str| -> Vec<Value> {
        let mut blocks = events.body.split("\n\n").filter(|block| block.starts_with(&format!("event: {name}\n")));
        blocks.by_ref().map(|block| serde_json::from_str(block.split_once("data: ").unwrap().1).unwrap()).collect()
    };
    assert_eq!(data("item"), items);
    assert_eq!((data("result").len(), data("error").len()), (1, 0));
    world.end().await;
}

#[tokio::test]
async fn an_error_before_the_first_item_has_its_status_and_one_after_it_is_the_last_line() {
    let world = World::new().await;
    let lines = [("accept", "application/x-ndjson")];
    world.sandbox.faults().add(FaultRule::new(gone()).path("/messages"));
    world.post_with(LIST, None, &lines, &json!({})).await.problem(404, "not_found");
    world.sandbox.faults().clear();
    world.sandbox.faults().add(FaultRule::new(gone()).path("/messages").from_nth(2));
    let input = json!({ "query": { "top": 2 }, "limit": 100 });
    let cut = world.post_with(LIST, None, &lines, &input).await;
    assert_eq!(cut.status.as_u16(), 200);
    let last: Value = serde_json::from_str(cut.body.lines().last().unwrap()).unwrap();
    assert_eq!(last["$error"]["code"], "not_found", "{last}");
    assert!(cut.body.lines().count() > 1 && !cut.body.contains("$result"));
    world.sandbox.faults().clear();
    world.sandbox.faults().add(FaultRule::new(gone()).path("/messages").from_nth(2));
    let events = world.post_with(LIST, None, &[("accept", "text/event-stream")], &input).await;
    assert!(events.body.contains("event: item\n") && events.body.contains("event: error\n"), "{}", events.body);
    world.end().await;
}

#[tokio::test]
async fn a_change_without_a_key_needs_its_preview_and_runs_once() {
    let world = World::new().await;
    let run = "/v1/actions/outlook.send_email/run?connection=sandbox";
    let refused = world.post(run, None, &mail("Lunch")).await.problem(428, "not_confirmed");
    assert_eq!(refused["reason"], "missing");
    assert_eq!(refused["preview"]["requests"][0]["method"], "POST");
    let confirm = refused["confirm"].as_str().unwrap();
    let sent = || world.sandbox.requests().iter().filter(|seen| seen.path.ends_with("/sendMail")).count();
    assert_eq!(sent(), 0);
    let header = [("tenon-confirm", confirm)];
    world.post_with(run, None, &header, &mail("Dinner")).await.problem(428, "not_confirmed");
    let first = world.post_with(run, None, &header, &mail("Lunch")).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = world.post_with(run, None, &header, &mail("Lunch")).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));
    assert_eq!(sent(), 1);
    let preview = world.post("/v1/actions/outlook.send_email/preview?connection=sandbox", None, &mail("Tea")).await;
    assert_eq!(
        (preview.json()["rule"].as_str(), preview.json()["effect"].as_str()),
        (Some("after_preview"), Some("send"))
    );
    world.end().await;
}

#[tokio::test]
async fn an_idempotency_key_is_for_one_input() {
    let world = World::new().await;
    let key = world.worker().await;
    let header = [("idempotency-key", "\"lunch-1\"")];
    let first = world.post_with(SEND, Some(&key), &header, &mail("Lunch")).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    // Bare and in quotes are one key.
    let again = world.post_with(SEND, Some(&key), &[("idempotency-key", "lunch-1")], &mail("Lunch")).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"));
    let other = world.post_with(SEND, Some(&key), &header, &mail("Dinner")).await.problem(422, "invalid_input");
    assert_eq!(other["reason"], "key_reused");
    let other_key = world.worker().await;
    let own = world.post_with(SEND, Some(&other_key), &header, &mail("Dinner")).await;
    assert_eq!((own.status.as_u16(), own.header("idempotency-replayed")), (200, ""), "keys do not see each other's");

    world.sandbox.faults().add(FaultRule::new(Fault::slow(Duration::from_secs(2))).path("/send"));
    let slow = [("idempotency-key", "slow")];
    let (input, breakfast) = (mail("Slow"), mail("Slow"));
    let sent = world.sandbox.requests().iter().filter(|seen| seen.path.ends_with("/send")).count();
    let (first, second) = tokio::join!(world.post_with(SEND, Some(&key), &slow, &input), async {
        let reached = || world.sandbox.requests().iter().filter(|seen| seen.path.ends_with("/send")).count();
        until(|| reached() == sent + 1).await;
        world.post_with(SEND, Some(&key), &slow, &breakfast).await
    });
    let busy = second.problem(409, "conflict");
    assert_eq!((busy["reason"].as_str(), second.header("retry-after")), (Some("key_in_use"), "1"));
    assert_eq!(first.status.as_u16(), 200);
    world.end().await;
}

#[tokio::test]
async fn a_run_that_waits_for_a_person_is_made_after_the_approval() {
    let world = World::new().await;
    let rules = Rules { send: Rule::AfterApproval, ..Rules::default() };
    let asking = world.key(Grant { rules, ..reaching("work", "outlook.*") }).await;
    let boss = world.key(Grant { approve: true, ..reaching("work", "outlook.*") }).await;
    let confirm =
        world.post(SEND, Some(&asking), &mail("Lunch")).await.problem(428, "not_confirmed")["confirm"].clone();
    let header = [("tenon-confirm", confirm.as_str().unwrap())];
    let waiting = world.post_with(SEND, Some(&asking), &header, &mail("Lunch")).await.problem(428, "not_confirmed");
    assert_eq!(waiting["reason"], "approval_waiting");
    let id = waiting["approval"]["id"].as_str().unwrap().to_owned();
    // Under these rules only the console answers.
    world.post(&format!("/v1/approvals/{id}/approve"), Some(&boss), &json!({})).await.problem(403, "denied");
    world.owner().approvals().answer(&id, true).await.unwrap();
    let done = world.post_with(SEND, Some(&asking), &header, &mail("Lunch")).await;
    assert_eq!(done.status.as_u16(), 200, "{}", done.body);
    world.end().await;
}

#[tokio::test]
async fn what_else_is_asked_about_an_action_is_answered() {
    let world = World::new().await;
    let valid = world.post("/v1/actions/outlook.send_email/validate", None, &mail("x")).await;
    assert_eq!(valid.json(), json!({ "valid": true }));
    let invalid =
        world.post("/v1/actions/outlook.send_email/validate", None, &json!({ "to": ["nobody"], "x": 1 })).await;
    let invalid = invalid.problem(400, "invalid_input");
    assert!(invalid["issues"].as_array().unwrap().len() >= 2, "{invalid}");
    let choices = "/v1/picklists/outlook.mail_folders/choices?connection=sandbox&search=inbox";
    let choices = world.post(choices, None, &json!({})).await.json();
    assert_eq!(choices["choices"][0]["label"], "Inbox", "{choices}");
    let resolved = world.post("/v1/actions/outlook.list_emails/resolve?connection=sandbox", None, &json!({})).await;
    assert!(resolved.json()["input"]["properties"].is_object(), "{}", resolved.body);
    world.end().await;
}
