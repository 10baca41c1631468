//! Temporary files, alone and with runs.

use bytes::Bytes;
use connector_runtime::{Grant, Rules};
use http::Method;
use http_body_util::Full;
use serde_json::{Value, json};

use super::world::{Answered, Key, World, reaching};

async fn uploaded(world: &World, key: &Key, name: &str, content_type: &str, content: &'static [u8]) -> Answered {
    let path = format!("/v1/files?name={name}");
    let request = world.request(Method::POST, &path, Some(key)).header("content-type", content_type);
    world.send(request.body(Full::from(content)).unwrap()).await
}

async fn read(world: &World, key: &Key, id: &str, range: Option<&str>) -> Answered {
    let mut request = world.request(Method::GET, &format!("/v1/files/{id}"), Some(key));
    if let Some(range) = range {
        request = request.header("range", range);
    }
    world.send(request.body(Full::default()).unwrap()).await
}

#[tokio::test]
async fn a_file_is_stored_read_in_parts_and_removed() {
    let world = World::new().await;
    let (key, other) = (world.worker().await, world.worker().await);
    let file = uploaded(&world, &key, "Plan%20%C3%BC.txt", "text/plain", b"All is well.").await;
    assert_eq!(file.status.as_u16(), 201, "{}", file.body);
    let file = file.json();
    let id = file["id"].as_str().unwrap();
    assert_eq!((file["name"].as_str(), file["size"].as_u64()), (Some("Plan \u{fc}.txt"), Some(12)));
    let whole = read(&world, &key, id, None).await;
    assert_eq!((whole.status.as_u16(), &*whole.body), (200, "All is well."));
    assert_eq!((whole.header("content-type"), whole.header("content-length")), ("text/plain", "12"));
    assert!(whole.header("content-disposition").starts_with("attachment; filename=\"Plan _.txt\""));
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    let part = read(&world, &key, id, Some("bytes=4-5")).await;
    assert_eq!((part.status.as_u16(), &*part.body, part.header("content-range")), (206, "is", "bytes 4-5/12"));
    let last = read(&world, &key, id, Some("bytes=-5")).await;
    assert_eq!((last.status.as_u16(), &*last.body), (206, "well."));
    for ignored in ["bytes=0-1,4-5", "lines=1-2", "bytes=5-1"] {
        assert_eq!(read(&world, &key, id, Some(ignored)).await.status.as_u16(), 200, "{ignored}");
    }
    let beyond = read(&world, &key, id, Some("bytes=12-")).await;
    beyond.problem(416, "invalid_input");
    assert_eq!(beyond.header("content-range"), "bytes */12");
    read(&world, &other, id, None).await.problem(404, "not_found");
    assert_eq!(world.get("/v1/files", Some(&other)).await.json(), json!({ "files": [] }));
    let remove = async || {
        let request = world.request(Method::DELETE, &format!("/v1/files/{id}"), Some(&key));
        world.send(request.body(Full::default()).unwrap()).await
    };
    assert_eq!(remove().await.json(), json!({ "removed": id }));
    remove().await.problem(404, "not_found");
    world.end().await;
}

#[tokio::test]
async fn a_run_reads_a_file_by_its_id_and_one_that_comes_with_it() {
    let world = World::new().await;
    let key = world.key(Grant { rules: Rules::everything(), ..reaching("work", "outlook.*") }).await;
    let stored = uploaded(&world, &key, "plan.txt", "text/plain", b"stored").await.json();
    let draft =
        |file: &str| json!({ "subject": "Plan", "attachments": [{ "content": { "file": file }, "name": "plan.txt" }] });
    let run = "/v1/actions/outlook.create_draft/run?connection=work";
    let by_id = world.post(run, Some(&key), &draft(stored["id"].as_str().unwrap())).await;
    assert_eq!(by_id.status.as_u16(), 200, "{}", by_id.body);
    let form = |input: &Value, content: &str| {
        let part = |head: &str, body: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
        let file = part("name=\"plan\"; filename=\"plan.txt\"\r\nContent-Type: text/plain", content);
        Bytes::from(part("name=\"input\"", &input.to_string()) + &file + "--b--\r\n")
    };
    let post = async |body: Bytes| {
        let request =
            world.request(Method::POST, run, Some(&key)).header("content-type", "multipart/form-data; boundary=b");
        world.send(request.body(Full::from(body)).unwrap()).await
    };
    let attached = post(form(&draft("plan"), "in the form")).await;
    assert_eq!(attached.status.as_u16(), 200, "{}", attached.body);
    let message = attached.json()["id"].as_str().unwrap().to_owned();
    let listed = "/v1/actions/outlook.list_attachments/run?connection=work".to_owned();
    let listed = world.post(&listed, Some(&key), &json!({ "messageId": message })).await.json();
    let attachment = listed["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{listed}"));
    let download = "/v1/actions/outlook.download_attachment/run?connection=work";
    let input = json!({ "messageId": message, "attachmentId": attachment });
    let downloaded = world.post(download, Some(&key), &input).await.json();
    let id = find_file(&downloaded).unwrap_or_else(|| panic!("{downloaded}"));
    assert_eq!(read(&world, &key, &id, None).await.body, "in the form");
    post(form(&draft("other"), "x")).await.problem(400, "invalid_input");
    let nothing = Bytes::from_static(b"--b--\r\n");
    post(nothing).await.problem(400, "invalid_input");
    let kept = world.get("/v1/files", Some(&key)).await.json();
    assert!(kept["files"].as_array().unwrap().len() <= 3, "what came with a run goes with it: {kept}");
    world.end().await;
}

#[tokio::test]
async fn an_idempotency_key_covers_the_content_that_comes_with_the_input() {
    let world = World::new().await;
    let key = world.worker().await;
    let input = json!({ "subject": "Plan", "attachments": [{ "content": { "file": "plan" }, "name": "plan.txt" }] });
    let post = async |content: &str| {
        let part = |head: &str, body: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
        let file = part("name=\"plan\"; filename=\"plan.txt\"", content);
        let body = part("name=\"input\"", &input.to_string()) + &file + "--b--\r\n";
        let run = "/v1/actions/outlook.create_draft/run?connection=work";
        let request = world.request(Method::POST, run, Some(&key)).header("idempotency-key", "plan");
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        world.send(request.body(Full::from(body)).unwrap()).await
    };
    let first = post("one").await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (200, ""), "{}", first.body);
    let again = post("one").await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));
    assert_eq!(post("another").await.problem(422, "invalid_input")["reason"], "key_reused");
    world.end().await;
}

#[tokio::test]
async fn what_is_done_with_files_is_in_the_audit_log() {
    let world = World::new().await;
    let key = world.key(Grant { audit: connector_runtime::Reach::Own, ..reaching("work", "outlook.*") }).await;
    let stored = uploaded(&world, &key, "canary.txt", "text/plain", b"canary").await.json();
    let id = stored["id"].as_str().unwrap();
    let request = world.request(Method::DELETE, &format!("/v1/files/{id}"), Some(&key));
    world.send(request.body(Full::default()).unwrap()).await;
    let page = world.get("/v1/audit", Some(&key)).await;
    let entries: Vec<(String, String)> = page.json()["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["kind"].to_string(), entry["target"].to_string()))
        .collect();
    assert_eq!(
        entries,
        [("\"file_removed\"".into(), format!("\"{id}\"")), ("\"file_added\"".into(), format!("\"{id}\""))]
    );
    assert!(!page.body.contains("canary"));
    world.get("/v1/audit?kind=file_aded&principal=A%20B", Some(&key)).await.problem(400, "invalid_input");
    world.end().await;
}

fn find_file(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => members
            .get("file")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| members.values().find_map(find_file)),
        Value::Array(items) => items.iter().find_map(find_file),
        _ => None,
    }
}
