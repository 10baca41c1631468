//! Raw batches: each part has its own fate.

use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph_raw.batch_request": many_requests_go_in_few_calls, contradictions_are_refused_whole;
}

fn drafts(count: usize) -> Value {
    let part = |i| json!({ "method": "POST", "url": "/me/messages", "body": { "subject": format!("Part {i}") } });
    json!({ "requests": (0..count).map(part).collect::<Vec<_>>() })
}

fn statuses(answer: &Value) -> Vec<u64> {
    answer["responses"].as_array().unwrap().iter().map(|part| part["status"].as_u64().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn many_requests_go_in_few_calls() {
    let stage = Stage::new();
    let answer = stage.works("graph_raw.batch_request", drafts(45)).await;
    assert_eq!(statuses(&answer), [201; 45]);
    assert_eq!(answer["responses"][44]["body"]["subject"], "Part 44");
    assert_eq!(stage.seen(), ["POST /$batch"; 3]);
    assert_eq!(stage.count("drafts", "Part 7"), 1);
}

#[tokio::test]
async fn contradictions_are_refused_whole() {
    let stage = Stage::new();
    let input = json!({ "requests": [
        { "id": "a", "method": "GET", "url": "https://evil.example/me" },
        { "id": "A", "method": "GET", "url": "/me", "dependsOn": ["x"] },
        { "method": "GET", "url": "/me", "headers": [{ "key": "Authorization", "value": "x" }] },
    ] });
    let error = stage.fails("graph_raw.batch_request", input).await;
    assert_eq!(error.code(), Code::InvalidInput);
    let places: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    for place in ["/requests/0/url", "/requests/1/id", "/requests/1/dependsOn/0"] {
        assert!(places.contains(&place), "{places:?}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_fails_fails_alone() {
    let stage = Stage::new();
    stage.sandbox.faults().add(
        Rule::new(Fault::Status { status: 500, code: "boom".into(), message: String::new() }).path("/me/contacts"),
    );
    let input = json!({ "requests": [
        { "id": "me", "method": "GET", "url": "/me?$select=displayName" },
        { "id": "nobody", "method": "GET", "url": "/users/nobody@contoso.example" },
        { "id": "contact", "method": "POST", "url": "/me/contacts", "body": { "givenName": "Pavel" } },
        { "id": "after", "method": "GET", "url": "/me/mailFolders", "dependsOn": ["contact"] },
        { "id": "draft", "method": "POST", "url": "/me/messages", "body": { "subject": "Alone" } },
    ] });
    let answer = stage.works("graph_raw.batch_request", input).await;
    assert_eq!(statuses(&answer), [200, 404, 500, 424, 201]);
    assert_eq!(answer["responses"][2]["body"]["error"]["code"], "boom");
    assert_eq!(stage.count("drafts", "Alone"), 1);
    assert_eq!(stage.sandbox.faults().counts().fired, 1, "a part that may have been carried out is not repeated");
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_throttled_is_sent_again_alone_and_not_too_early() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::throttle(30)).path("/me/messages").method("POST").from_nth(3).times(2));
    let answer = stage.works("graph_raw.batch_request", drafts(20)).await;
    assert_eq!(statuses(&answer), [201; 20]);
    for i in 0..20 {
        assert_eq!(stage.count("drafts", &format!("Part {i}")), 1, "{i}");
    }
    let counts = stage.sandbox.faults().counts();
    assert_eq!((counts.fired, counts.early), (2, 0));
    assert_eq!(stage.sandbox.request_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_part_whose_answer_is_lost_is_not_written_twice() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("$batch").once());
    let error = stage.fails("graph_raw.batch_request", drafts(3)).await;
    assert_eq!(error.code(), Code::OutcomeUnknown);
    for i in 0..3 {
        assert_eq!(stage.count("drafts", &format!("Part {i}")), 1, "{i}");
    }
    assert_eq!(stage.sandbox.request_count(), 1);
}
