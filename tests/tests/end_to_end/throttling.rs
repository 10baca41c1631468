//! Graph asks to slow down.

use std::time::Duration;

use connector_runtime::Run;
use connector_sdk::{Code, Retry};
use graph_sandbox::{Fault, Limit, RetryAfter, Rule};
use serde_json::json;

use crate::stage::{Stage, letter};

fn forms() -> [Option<RetryAfter>; 5] {
    [
        None,
        Some(RetryAfter::Seconds(20)),
        Some(RetryAfter::Decimal(1.5)),
        Some(RetryAfter::Date { date: 30 }),
        Some(RetryAfter::Text("soon".into())),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_was_refused_is_sent_later_in_every_form_of_retry_after() {
    for form in forms() {
        let stage = Stage::new();
        stage.sandbox.faults().add(Rule::new(Fault::Throttle { retry_after: form.clone() }).times(2));
        stage.works("outlook.send_email", letter("Later")).await;
        assert_eq!(stage.count("sentitems", "Later"), 1, "{form:?}");
        let counts = stage.sandbox.faults().counts();
        assert_eq!((counts.fired, counts.early, stage.sandbox.request_count()), (2, 0, 3), "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_is_a_refusal_only_with_retry_after() {
    for form in forms() {
        let stage = Stage::new();
        stage.sandbox.faults().add(Rule::new(Fault::Unavailable { retry_after: form.clone() }).once());
        let sent = stage.run("outlook.send_email", letter("Once")).await;
        match form {
            Some(RetryAfter::Seconds(_) | RetryAfter::Decimal(_) | RetryAfter::Date { .. }) => {
                sent.unwrap();
                assert_eq!(stage.count("sentitems", "Once"), 1, "{form:?}");
            }
            // It may have been carried out.
            None | Some(RetryAfter::Text(_)) => {
                assert_eq!(sent.unwrap_err().code(), Code::OutcomeUnknown, "{form:?}");
                assert_eq!(stage.sandbox.request_count(), 1, "{form:?}");
            }
        }
        // To read again does no harm.
        stage.sandbox.faults().clear();
        stage.sandbox.faults().add(Rule::new(Fault::Unavailable { retry_after: form.clone() }).times(2));
        stage.works("outlook.list_emails", json!({ "limit": 1 })).await;
        assert_eq!((stage.sandbox.faults().counts().fired, stage.sandbox.faults().counts().early), (2, 0), "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_would_take_too_long_is_said_at_once() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::throttle(3_600)));
    let run = Run::new("outlook.send_email", "adele", letter("Later")).key("later");
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.retryability()),
        (Code::Throttled, Retry::After(Duration::from_secs(3_600))),
        "{error}"
    );
    assert_eq!(stage.sandbox.request_count(), 1);
    // Whoever asks again before that is not let through, and the key is not used up.
    assert_eq!(stage.execute(run.clone()).await.unwrap_err().code(), Code::Throttled);
    assert_eq!(stage.sandbox.request_count(), 1);
    stage.sandbox.faults().clear();
    tokio::time::sleep(Duration::from_secs(3_601)).await;
    stage.execute(run).await.unwrap();
    assert_eq!(stage.count("sentitems", "Later"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_is_never_asked_more_than_it_takes() {
    let stage = Stage::new();
    stage.sandbox.faults().limit(Limit::PerMailbox(4));
    stage.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_millis(50))));
    let sends = (0..40).map(|_| stage.run("outlook.send_email", letter("Many")));
    for sent in futures_util::future::join_all(sends).await {
        sent.unwrap();
    }
    let counts = stage.sandbox.faults().counts();
    assert_eq!((counts.refused, counts.most_in_flight, stage.count("sentitems", "Many")), (0, 4, 40));
}
