//! Answers that are lost. What may have been done is never done again.

use connector_runtime::Run;
use connector_sdk::{Code, Error};
use graph_sandbox::{Fault, Rule, Sandbox};
use serde_json::json;

use crate::stage::{Stage, letter};

fn lose(sandbox: &Sandbox, fault: Fault) {
    sandbox.faults().add(Rule::new(fault).once());
}

#[track_caller]
fn is_honest(error: &Error) {
    assert_eq!(error.code(), Code::OutcomeUnknown, "{error}");
    assert!(error.message().contains("may have been"), "{error}");
    assert!(error.advice().contains("Check"), "{}", error.advice());
}

#[tokio::test(start_paused = true)]
async fn a_letter_whose_answer_is_lost_is_not_sent_twice() {
    let stage = Stage::new();
    lose(&stage.sandbox, Fault::ResetAfter);
    is_honest(&stage.fails("outlook.send_email", letter("Once")).await);
    assert_eq!((stage.count("sentitems", "Once"), stage.sandbox.request_count()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_key_remembers_that_nobody_knows() {
    let stage = Stage::new();
    lose(&stage.sandbox, Fault::ResetAfter);
    let user = json!({ "displayName": "Once", "userPrincipalName": "once@contoso.example", "mailNickname": "once", "generatePassword": true });
    let run = Run::new("entra.create_user", "adele", user).key("order-17");
    is_honest(&stage.execute(run.clone()).await.unwrap_err());
    for _ in 0..2 {
        let error = stage.execute(run.clone()).await.unwrap_err();
        assert_eq!(error.code(), Code::OutcomeUnknown, "{error}");
        assert!(error.advice().contains("new key"), "{}", error.advice());
    }
    assert_eq!(stage.sandbox.request_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_letter_with_a_key_is_found_by_the_second_try() {
    for (path, left) in [("/send", "sent"), ("/me/messages", "a draft")] {
        let stage = Stage::new();
        stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path(path).method("POST").once());
        let run = Run::new("outlook.send_email", "adele", letter("Once")).key("order-17");
        is_honest(&stage.execute(run.clone()).await.unwrap_err());
        let second = stage.execute(run.clone()).await.unwrap();
        assert_eq!(
            (&second["sent"], stage.count("sentitems", "Once"), stage.count("drafts", "Once")),
            (&json!(true), 1, 0),
            "{left}"
        );
        assert_eq!(stage.execute(run.clone()).await.unwrap(), second, "from now on it is the outcome that was kept");
        stage.execute(Run { key: Some("order-18".into()), ..run }).await.unwrap();
        assert_eq!(stage.count("sentitems", "Once"), 2, "a new key is new work");
    }
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_never_left_is_sent_again() {
    let stage = Stage::new();
    lose(&stage.sandbox, Fault::ResetBefore);
    stage.works("outlook.send_email", letter("Once")).await;
    assert_eq!((stage.count("sentitems", "Once"), stage.sandbox.request_count()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_gave_up_leaves_a_letter_unknown() {
    let gave_up = [
        Fault::GatewayTimeout,
        Fault::Status { status: 500, code: "InternalServerError".into(), message: String::new() },
        Fault::Status { status: 502, code: "BadGateway".into(), message: String::new() },
    ];
    for fault in gave_up {
        let stage = Stage::new();
        lose(&stage.sandbox, fault.clone());
        let error = stage.fails("outlook.send_email", letter("Once")).await;
        is_honest(&error);
        assert!(error.upstream().is_some(), "what the gateway said is kept: {fault:?}");
        assert_eq!(stage.sandbox.request_count(), 1, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_may_exist_is_named() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/send").once());
    let mut input = letter("Draft");
    input["returnMessage"] = json!(true);
    is_honest(&stage.fails("outlook.send_email", input).await);
    assert_eq!((stage.count("sentitems", "Draft"), stage.count("drafts", "Draft")), (1, 0));
    assert_eq!(stage.sandbox.request_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn reading_goes_on_until_it_is_answered() {
    let faults = [
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::GatewayTimeout,
        Fault::unavailable(),
        Fault::Truncate { bytes: 100 },
    ];
    for fault in faults {
        let stage = Stage::new();
        stage.sandbox.faults().add(Rule::new(fault.clone()).times(3));
        let list = stage.works("outlook.list_emails", json!({ "limit": 5 })).await;
        assert_eq!(list["items"].as_array().unwrap().len(), 5, "{fault:?}");
        assert_eq!(stage.sandbox.request_count(), 4, "{fault:?}");
        // Not for ever.
        stage.sandbox.faults().clear();
        stage.sandbox.forget_requests();
        stage.sandbox.faults().add(Rule::new(fault.clone()));
        let error = stage.fails("outlook.list_emails", json!({ "limit": 5 })).await;
        assert_eq!((error.code(), stage.sandbox.request_count()), (Code::Unavailable, 4), "{fault:?}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_may_be_repeated_is_repeated() {
    let stage = Stage::new();
    let file = json!({ "url": "/me/drive/root:/notes.txt:/content", "file": { "text": "Hello" } });
    lose(&stage.sandbox, Fault::ResetAfter);
    stage.works("graph_raw.put", file).await;
    assert_eq!(stage.sandbox.request_count(), 2);
    // A change of properties is not: in between somebody else may have changed them.
    stage.sandbox.forget_requests();
    lose(&stage.sandbox, Fault::ResetAfter);
    is_honest(&stage.fails("graph_raw.patch", json!({ "url": "/me", "body": { "jobTitle": "Analyst" } })).await);
    assert_eq!(stage.sandbox.request_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn not_even_a_rule_of_ones_own_sends_twice() {
    let stage = Stage::new();
    lose(&stage.sandbox, Fault::ResetAfter);
    let input = json!({
        "method": "POST", "url": "/me/messages", "data": { "subject": "Once" },
        "maxRetries": 5, "retryOnAllErrors": true, "retryDelayMs": 10
    });
    is_honest(&stage.fails("graph_raw.raw_request", input).await);
    assert_eq!((stage.count("drafts", "Once"), stage.sandbox.request_count()), (1, 1));
}
