//! Files up and down, and operations that take their time.

use std::path::Path;
use std::sync::Arc;

use connector_runtime::{LocalFiles, Run};
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::{ORIGIN, Stage};

covers! {
    action "graph_raw.upload_session": fifty_megabytes_go_up_and_come_back, an_upload_that_cannot_begin_says_why;
    action "graph_raw.poll_operation": a_copy_is_waited_for, an_operation_that_never_ends_is_left;
}

const SIZE: usize = 50 << 20;

fn write(folder: &Path) -> std::path::PathBuf {
    // No two pieces are alike, so that one in the wrong place is noticed.
    let content: Vec<u8> = (0..SIZE / 4).flat_map(|i| (i as u32).wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let path = folder.join("large.bin");
    std::fs::write(&path, content).unwrap();
    path
}

#[tokio::test(start_paused = true)]
async fn fifty_megabytes_go_up_and_come_back() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path());
    let faults = stage.sandbox.faults();
    faults.add(Rule::new(Fault::ResetBefore).path("/upload/").method("PUT").from_nth(3).once());
    faults.add(Rule::new(Fault::ResetAfter).path("/upload/").method("PUT").from_nth(7).once());
    faults.add(Rule::new(Fault::throttle(5)).path("/upload/").method("PUT").from_nth(10).once());
    let input =
        json!({ "createUrl": "/me/drive/root:/large.bin:/createUploadSession", "content": { "file": "large" } });
    let files = LocalFiles::new().attach("large", &path).unwrap();
    let run = Run::new("graph_raw.upload_session", "adele", input).files(Arc::new(files));
    let item = stage.execute(run).await.unwrap();
    assert_eq!((&item["body"]["name"], &item["body"]["size"]), (&json!("large.bin"), &json!(SIZE)));
    let counts = stage.sandbox.faults().counts();
    assert_eq!((counts.fired, counts.early), (3, 0));
    let requests = stage.sandbox.requests();
    assert!(
        requests.iter().all(|seen| seen.authorized != seen.path.starts_with("/upload/")),
        "the token stays with Graph"
    );
    let sent: u64 = requests.iter().map(|seen| seen.bytes).sum();
    assert!(sent < 2 * SIZE as u64, "it went on where it stopped: {sent}");

    // Down again, broken off in the middle.
    stage.sandbox.faults().clear();
    stage.sandbox.faults().add(Rule::new(Fault::Truncate { bytes: 20_000_000 }).path("/download/").once());
    let input = json!({ "url": "/me/drive/root:/large.bin:/content", "responseType": "binary" });
    let files = LocalFiles::new().store_at(folder.path().join("back.bin")).unwrap();
    let answer = stage.execute(Run::new("graph_raw.get", "adele", input).files(Arc::new(files))).await.unwrap();
    assert_eq!(answer["body"]["size"], json!(SIZE));
    assert!(
        std::fs::read(folder.path().join("back.bin")).unwrap() == std::fs::read(&path).unwrap(),
        "other bytes came back"
    );
    assert_eq!(stage.sandbox.faults().counts().fired, 1);
    let downloads: Vec<_> =
        stage.sandbox.requests().into_iter().filter(|seen| seen.path.starts_with("/download/")).collect();
    assert!(downloads.len() == 2 && downloads.iter().all(|seen| !seen.authorized), "{downloads:?}");
}

#[tokio::test]
async fn an_upload_that_cannot_begin_says_why() {
    let stage = Stage::new();
    let upload = |url: &str, content: Value| {
        stage.fails("graph_raw.upload_session", json!({ "createUrl": url, "content": content }))
    };
    let error = upload("/me/drive/root:/a.txt:/createUploadSession", json!({ "text": "" })).await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/content"));
    let error = upload("/me/drive/root:/a.txt:/createUploadSession", json!({ "file": "missing" })).await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/content"));
    assert_eq!(stage.sandbox.request_count(), 0);
    let error = upload("/me/drive/items/nothing/createUploadSession", json!({ "text": "x" })).await;
    assert_eq!(error.code(), Code::NotFound, "{error}");
    let error = upload("/me/messages", json!({ "text": "x" })).await;
    assert!(error.code() == Code::Protocol && error.advice().contains("createUploadSession"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_upload_whose_session_is_gone_can_begin_anew() {
    let stage = Stage::new();
    stage.sandbox.faults().add(
        Rule::new(Fault::Status { status: 404, code: "itemNotFound".into(), message: String::new() })
            .path("/upload/")
            .once(),
    );
    let input = json!({ "createUrl": "/me/drive/root:/a.txt:/createUploadSession", "content": { "text": "x" } });
    let error = stage.fails("graph_raw.upload_session", input.clone()).await;
    assert_eq!(error.code(), Code::NotFound);
    assert!(error.advice().contains("from the beginning"), "{}", error.advice());
    stage.works("graph_raw.upload_session", input).await;
}

async fn copy(stage: &Stage) -> String {
    let folder = stage.look("/me/drive/root:/Projects")["id"].as_str().unwrap().to_owned();
    let input = json!({ "url": format!("/me/drive/items/{folder}/copy"), "body": { "name": "Projects copy" } });
    let accepted = stage.works("graph_raw.post", input).await;
    assert_eq!(accepted["status"], 202);
    accepted["headers"]["location"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_copy_is_waited_for() {
    let stage = Stage::new();
    let monitor = copy(&stage).await;
    assert!(monitor.starts_with(ORIGIN) && !monitor.contains("/v1.0/"), "{monitor}");
    let ended = stage.works("graph_raw.poll_operation", json!({ "url": monitor, "intervalS": 1 })).await;
    assert_eq!(ended["body"]["status"], "completed");
    assert_eq!(stage.look("/me/drive/root:/Projects copy")["name"], "Projects copy");
    assert!(stage.sandbox.requests().iter().all(|seen| seen.authorized != seen.path.starts_with("/monitor/")));
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_never_ends_is_left() {
    let stage = Stage::new();
    let monitor = copy(&stage).await;
    // It asks for more time than there is.
    stage
        .sandbox
        .faults()
        .add(Rule::new(Fault::Status { status: 202, code: "x".into(), message: String::new() }).path("/monitor/"));
    let error =
        stage.fails("graph_raw.poll_operation", json!({ "url": monitor, "intervalS": 5, "timeoutS": 17 })).await;
    assert_eq!(error.code(), Code::Unavailable, "{error}");
    assert!(error.message().contains("17 seconds"), "{error}");
    let error =
        stage.fails("graph_raw.poll_operation", json!({ "url": "https://169.254.169.254/latest/meta-data" })).await;
    assert_eq!(error.code(), Code::InvalidInput, "{error}");
}
