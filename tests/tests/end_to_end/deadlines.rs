//! Runs that must be over in time.

use std::time::Duration;

use connector_runtime::Run;
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::json;
use tokio::time::Instant;

use crate::stage::{Stage, letter};

const TIME: Duration = Duration::from_secs(10);

fn list() -> Run {
    Run::new("outlook.list_emails", "adele", json!({ "limit": 1 })).deadline(TIME)
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_ends_at_the_deadline() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(60))));
    let began = Instant::now();
    assert_eq!(stage.execute(list()).await.unwrap_err().code(), Code::Unavailable);
    // The clock is the test's own: it stands still unless somebody waits.
    assert_eq!(began.elapsed().as_secs(), TIME.as_secs());
    let run = Run::new("outlook.send_email", "adele", letter("Slow")).deadline(TIME);
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown, "{error}");
    // With a key it is looked for first, and looking may be repeated.
    assert_eq!(stage.execute(run.key("slow")).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(stage.sandbox.request_count(), 3);
    assert!(stage.count("sentitems", "Slow") <= 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_what_comes_too_late() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::throttle(30)));
    let began = Instant::now();
    let error = stage.execute(list()).await.unwrap_err();
    assert_eq!((error.code(), began.elapsed().as_secs()), (Code::Throttled, 0), "{error}");
    let copy =
        Run::new("graph_raw.poll_operation", "adele", json!({ "url": "/me/drive", "intervalS": 30 })).deadline(TIME);
    stage.sandbox.faults().clear();
    stage
        .sandbox
        .faults()
        .add(Rule::new(Fault::Status { status: 202, code: "x".into(), message: String::new() }).path("/me/drive"));
    let error = stage.execute(copy).await.unwrap_err();
    assert_eq!((error.code(), began.elapsed().as_secs()), (Code::Unavailable, 0), "{error}");
}

#[tokio::test(start_paused = true)]
async fn slow_is_not_lost() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(9))));
    stage.execute(list()).await.unwrap();
    stage.execute(Run::new("outlook.send_email", "adele", letter("Slow")).deadline(TIME)).await.unwrap();
    assert_eq!((stage.count("sentitems", "Slow"), stage.sandbox.request_count()), (1, 2));
}
