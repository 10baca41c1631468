//! Temporary files as inputs and outputs of runs, in a folder beside a store.

mod support;

use std::path::Path;
use std::sync::Arc;

use connector_runtime::bytes::Bytes;
use connector_runtime::store::Sqlite;
use connector_runtime::{
    AuthorizedHost, Host, Interface, KeyRing, ObjectBlobs, Principal, Run, TemporaryFile, read_to_end,
};
use futures_util::StreamExt;
use graph_sandbox::Sandbox;
use serde_json::{Value, json};

/// Larger than what goes in one request, and than what one blob holds.
const SIZE: usize = 9_000_001;

fn host(folder: &Path) -> (Sandbox, AuthorizedHost) {
    let (store, blobs) = (Sqlite::open(folder.join("tenon.db")).unwrap(), ObjectBlobs::in_folder(folder.join("files")));
    let builder = Host::builder()
        .connector(graph_connector::connector())
        .store(Arc::new(store), KeyRing::random().unwrap())
        .files(Arc::new(blobs));
    let sandbox = Sandbox::new();
    let host = support::with_sandbox(builder, &sandbox, &["Files.ReadWrite.All", "User.Read"]).build().unwrap();
    (sandbox, host.authorize(Principal::owner(), Interface::Library))
}

async fn upload(seen: &AuthorizedHost, content: &[u8]) -> TemporaryFile {
    let mut writer = seen.files().create("large.bin", "application/x-large", Some(content.len() as u64)).await.unwrap();
    for piece in content.chunks(70_001) {
        writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    writer.finish().await.unwrap()
}

async fn execute(seen: &AuthorizedHost, action: &str, input: Value) -> Value {
    let files = seen.files().for_run(&input, &[]).await.unwrap();
    let run = Run::new(action, "sandbox", input).files(files);
    seen.execute(run, None).await.unwrap().output.read().unwrap()
}

#[tokio::test]
async fn a_file_goes_to_graph_by_its_id_and_comes_back_as_another() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, seen) = host(folder.path());
    let content: Vec<u8> =
        (0..SIZE as u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()).take(SIZE).collect();
    let file = upload(&seen, &content).await;

    let up = json!({ "folderPath": "Documents", "fileName": "large.bin", "content": { "file": file.id } });
    let run = Run::new("graph.upload_file", "sandbox", up.clone());
    let preview = run.clone().files(seen.files().for_run(&up, &[]).await.unwrap()).preview();
    let preview: Value = seen.execute(preview, None).await.unwrap().output.read().unwrap();
    assert!(preview.to_string().contains("createUploadSession"), "{preview}");
    assert_eq!(sandbox.request_count(), 0, "a preview sends nothing");
    let item = execute(&seen, "graph.upload_file", up).await;
    assert_eq!(item["size"], json!(SIZE));

    let output = execute(&seen, "graph.download_file", json!({ "path": "Documents/large.bin" })).await;
    let id = output["file"].as_str().unwrap_or_else(|| panic!("{output}"));
    assert_eq!((&output["name"], &output["size"]), (&json!("large.bin"), &json!(SIZE)));
    assert!(output.get("base64").is_none() && output.get("path").is_none(), "{output}");
    assert_ne!(id, file.id);
    let back = seen.files().show(id).await.unwrap();
    assert_eq!((back.size, &back.sha256), (SIZE as u64, &file.sha256));
    let opened = seen.files().open(id, None).await.unwrap();
    assert!(read_to_end(opened.content, SIZE).await.unwrap() == content, "other bytes came back");

    // What came goes out again by its id.
    let again = json!({ "folderPath": "Documents", "fileName": "again.bin", "content": { "file": id } });
    assert_eq!(execute(&seen, "graph.upload_file", again).await["size"], json!(SIZE));
    assert_eq!(seen.files().list().await.unwrap().len(), 2);

    // Part of it, as a browser asks for it.
    let mut part = seen.files().open(id, Some("bytes=1000000-3000000".parse().unwrap())).await.unwrap();
    let mut read = Vec::new();
    while let Some(piece) = part.content.next().await {
        read.extend_from_slice(&piece.unwrap());
    }
    assert!(read == content[1_000_000..=3_000_000]);
}

#[tokio::test]
async fn a_file_that_is_not_there_ends_the_run_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, seen) = host(folder.path());
    let file = upload(&seen, b"content").await;
    seen.files().remove(&file.id).await.unwrap();
    let input = json!({ "folderPath": "Documents", "fileName": "a.bin", "content": { "file": file.id } });
    let files = seen.files().for_run(&input, &[]).await.unwrap();
    let error = seen.execute(Run::new("graph.upload_file", "sandbox", input).files(files), None).await.unwrap_err();
    assert_eq!(error.violations()[0].pointer, "/content", "{error:?}");
    assert_eq!(sandbox.request_count(), 0);
}
