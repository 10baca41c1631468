//! Over real HTTP: the same host, by the transport that it has when nothing is said.

use std::sync::Arc;
use std::time::Duration;

use connector_runtime::{LocalFiles, Run};
use connector_sdk::{ChoiceQuery, Code};
use futures_util::StreamExt;
use graph_sandbox::{Fault, HostileLink, RetryAfter, Rule, Sandbox};
use serde_json::json;

use crate::stage::{ADELE, Stage, letter};

#[tokio::test]
async fn mail_and_lists_and_batches() {
    let (stage, server) = Stage::served().await;
    stage.works("outlook.send_email", letter("Lunch")).await;
    assert_eq!(stage.count("sentitems", "Lunch"), 1);
    for i in 0..500 {
        stage.sandbox.graph().deliver(ADELE, "archive", json!({ "subject": i.to_string() }));
    }
    let input = json!({ "folderId": "archive", "fetchAll": true, "query": { "select": ["subject"] } });
    let items: Vec<_> = stage.host.stream(Run::new("outlook.list_emails", "adele", input)).collect().await;
    assert_eq!((items.len(), items.iter().all(Result::is_ok)), (501, true));
    let part = |i| json!({ "method": "POST", "url": "/me/messages", "body": { "subject": format!("Part {i}") } });
    let answer =
        stage.works("graph_raw.batch_request", json!({ "requests": (0..25).map(part).collect::<Vec<_>>() })).await;
    assert!(answer["responses"].as_array().unwrap().iter().all(|part| part["status"] == 201));
    let folders = stage.host.choices("outlook.mail_folders", "adele", json!({}), ChoiceQuery::default()).await.unwrap();
    assert!(folders.choices.iter().any(|choice| choice.label == "Mark 8"));
    let error = stage.fails("graph_raw.get", json!({ "url": "/users/nobody@contoso.example" })).await;
    assert_eq!(error.code(), Code::NotFound);
    server.shutdown().await;
}

#[tokio::test]
async fn files_go_up_and_come_back() {
    let (stage, server) = Stage::served().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    let content: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&path, &content).unwrap();
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/upload/").method("PUT").from_nth(2).once());
    let files = LocalFiles::new().attach("a", &path).unwrap();
    let input = json!({ "createUrl": "/me/drive/root:/a.bin:/createUploadSession", "content": { "file": "a" }, "chunkSize": 983_040 });
    let item =
        stage.execute(Run::new("graph_raw.upload_session", "adele", input).files(Arc::new(files))).await.unwrap();
    assert_eq!(item["body"]["size"], json!(content.len()));
    assert_eq!(stage.sandbox.faults().counts().fired, 1);
    let files = LocalFiles::new().store_at(folder.path().join("back.bin")).unwrap();
    let input = json!({ "url": "/me/drive/root:/a.bin:/content", "responseType": "binary" });
    stage.execute(Run::new("graph_raw.get", "adele", input).files(Arc::new(files))).await.unwrap();
    assert!(std::fs::read(folder.path().join("back.bin")).unwrap() == content, "other bytes came back");
    let requests = stage.sandbox.requests();
    let free = |path: &str| path.starts_with("/upload/") || path.starts_with("/download/");
    assert!(requests.iter().all(|seen| seen.authorized != free(&seen.path)), "{requests:?}");
    server.shutdown().await;
}

#[tokio::test]
async fn a_letter_whose_answer_is_lost_is_not_sent_twice() {
    let (stage, server) = Stage::served().await;
    let run = Run::new("outlook.send_email", "adele", letter("Once")).key("k");
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/send").once());
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown, "{error}");
    assert_eq!(stage.execute(run).await.unwrap()["sent"], true);
    assert_eq!(stage.count("sentitems", "Once"), 1);
    // From here it cannot be seen whether the request had been read, so this is not known either.
    stage.sandbox.faults().clear();
    stage.sandbox.faults().add(Rule::new(Fault::ResetBefore).once());
    let error = stage.fails("outlook.send_email", letter("Before")).await;
    assert_eq!((error.code(), stage.count("sentitems", "Before")), (Code::OutcomeUnknown, 0), "{error}");
    server.shutdown().await;
}

#[tokio::test]
async fn a_list_survives_what_happens_on_the_way() {
    let (stage, server) = Stage::served().await;
    let faults = stage.sandbox.faults();
    faults.add(Rule::new(Fault::Throttle { retry_after: Some(RetryAfter::Decimal(0.2)) }).path("/messages").once());
    faults.add(Rule::new(Fault::Truncate { bytes: 300 }).path("/messages").from_nth(2).once());
    faults.add(Rule::new(Fault::ResetAfter).path("/messages").from_nth(2).once());
    let input = json!({ "fetchAll": true, "query": { "top": 20, "select": ["subject"] } });
    let list = stage.works("outlook.list_emails", input).await;
    let all = stage.look("/me/mailFolders/inbox?$select=totalItemCount")["totalItemCount"].as_u64().unwrap();
    assert_eq!(list["items"].as_array().unwrap().len() as u64, all);
    let counts = stage.sandbox.faults().counts();
    assert_eq!((counts.fired, counts.early), (3, 0));
    server.shutdown().await;
}

#[tokio::test]
async fn the_token_goes_to_no_other_server() {
    let (stage, server) = Stage::served().await;
    let stranger = Sandbox::new();
    let other = stranger.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    stage.sandbox.faults().add(Rule::new(Fault::Redirect { origin: other.url() }).once());
    let error = stage.fails("graph_raw.get", json!({ "url": "/me" })).await;
    assert_eq!((error.code(), stranger.request_count()), (Code::Protocol, 0), "{error}");
    // Only a file may come from elsewhere.
    stage.sandbox.faults().add(Rule::new(Fault::Redirect { origin: other.url() }).once());
    let error = stage.fails("graph_raw.get", json!({ "url": "/me", "responseType": "binary" })).await;
    assert_eq!(error.code(), Code::Rejected, "{error}");
    let seen = stranger.requests();
    assert!(seen.len() == 1 && !seen[0].authorized, "{seen:?}");
    stage.sandbox.faults().clear();
    stage.sandbox.faults().add(Rule::new(Fault::HostileNextLink { link: HostileLink::OtherPort }));
    let error = stage.fails("graph_raw.paginate_request", json!({ "url": "/users?$top=5" })).await;
    assert_eq!(error.code(), Code::Protocol, "{error}");
    server.shutdown().await;
    other.shutdown().await;
}

#[tokio::test]
async fn a_deadline_ends_a_run_that_hangs() {
    let (stage, server) = Stage::served().await;
    stage.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(600))));
    let run = Run::new("graph_raw.get", "adele", json!({ "url": "/me" })).deadline(Duration::from_millis(300));
    assert_eq!(stage.execute(run).await.unwrap_err().code(), Code::Unavailable);
    drop(server);
}

#[tokio::test]
async fn a_server_that_is_gone_is_unavailable() {
    let (stage, server) = Stage::served().await;
    server.shutdown().await;
    let run = Run::new("outlook.send_email", "adele", letter("Nobody")).deadline(Duration::from_secs(5));
    let error = stage.execute(run).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "nothing was sent, and that is certain: {error}");
}

#[tokio::test]
async fn informational_answers_and_gateways_change_nothing() {
    let (stage, server) = Stage::served().await;
    stage.sandbox.perturb("3:informational,gateway,missing-parts,coding,links".parse().unwrap());
    for number in 0..20 {
        stage.works("outlook.send_email", letter(&format!("Lunch {number}"))).await;
    }
    let input = json!({ "fetchAll": true, "query": { "top": 20, "select": ["subject"] } });
    let list = stage.works("outlook.list_emails", input).await;
    let part = |i| json!({ "method": "POST", "url": "/me/messages", "body": { "subject": format!("Part {i}") } });
    let answer =
        stage.works("graph_raw.batch_request", json!({ "requests": (0..25).map(part).collect::<Vec<_>>() })).await;
    stage.sandbox.perturb(graph_sandbox::Perturbations::none());
    let all = stage.look("/me/mailFolders/inbox?$select=totalItemCount")["totalItemCount"].as_u64().unwrap();
    assert_eq!(list["items"].as_array().unwrap().len() as u64, all);
    assert!(answer["responses"].as_array().unwrap().iter().all(|part| part["status"] == 201), "{answer}");
    assert!((0..20).all(|number| stage.count("sentitems", &format!("Lunch {number}")) == 1), "each once");
    server.shutdown().await;
}
