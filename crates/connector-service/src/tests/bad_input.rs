//! Bad input: a clear refusal, and nothing is sent.

use std::time::Duration;

use http::Method;
use http_body_util::Full;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::World;
use crate::options::{Limits, Options, keyless};

const RUN: &str = "/v1/actions/outlook.list_emails/run";

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let world = World::new().await;
    let post = async |content_type: Option<&str>, body: Vec<u8>| {
        let mut request = world.request(Method::POST, RUN, None);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        world.send(request.body(Full::from(body)).unwrap()).await
    };
    post(None, b"{}".to_vec()).await.problem(415, "unsupported_media_type");
    post(Some("text/plain"), b"{}".to_vec()).await.problem(415, "unsupported_media_type");
    post(Some("application/x-www-form-urlencoded"), b"limit=3".to_vec()).await.problem(415, "unsupported_media_type");
    let json = Some("application/json");
    for bad in [&b""[..], b"{", b"\xff\xfe{}", b"{\"limit\":1}x", b"NaN", b"{'limit':1}"] {
        post(json, bad.to_vec()).await.problem(400, "invalid_input");
    }
    post(json, ("[".repeat(200_000)).into_bytes()).await.problem(400, "invalid_input");
    post(json, vec![b' '; 40 * 1024 * 1024]).await.problem(413, "too_large");
    assert_eq!(world.sandbox.request_count(), 0);
    world.end().await;
}

#[tokio::test]
async fn every_violation_of_a_request_is_told() {
    let world = World::new().await;
    let problem = world.post(&format!("{RUN}?conection=sandbox&deadline=30s&deadline=1s"), None, &json!({})).await;
    let problem = problem.problem(400, "invalid_input");
    let pointers: Vec<&str> =
        problem["issues"].as_array().unwrap().iter().map(|issue| issue["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["?conection", "?deadline"]);
    world.post(&format!("{RUN}?deadline=soon"), None, &json!({})).await.problem(400, "invalid_input");
    let wrong = world.post(RUN, None, &json!({ "limit": "many", "folder": 1 })).await.problem(400, "invalid_input");
    assert_eq!(wrong["issues"].as_array().unwrap().len(), 2, "{wrong}");
    let near = world.post("/v1/actions/outlook.list_email/run", None, &json!({})).await.problem(404, "unknown_action");
    assert!(near["hint"].as_str().unwrap().contains("outlook.list_emails"), "{near}");
    world.post_with(RUN, None, &[("accept", "text/html")], &json!({})).await.problem(406, "not_acceptable");
    let put = world.send(world.request(Method::PUT, RUN, None).body(Full::default()).unwrap()).await;
    put.problem(405, "method_not_allowed");
    assert_eq!(put.header("allow"), "POST");
    world.get("/v1/actions/%ff", None).await.problem(404, "no_such_route");
    assert_eq!(world.sandbox.request_count(), 0);
    world.end().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let world = World::new().await;
    let request = world.request(Method::GET, "/v1/actions", None).header("x-large", "a".repeat(17 * 1024));
    let refused = world.send(request.body(Full::default()).unwrap()).await;
    assert_eq!(refused.status.as_u16(), 431);
    let endless = world.get(&format!("/v1/actions?query={}", "a".repeat(20 * 1024)), None).await;
    assert!(matches!(endless.status.as_u16(), 414 | 431), "{}", endless.status);
    world.end().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let limits = Limits { body_time: Duration::from_millis(300), ..Limits::default() };
    let world = World::with(Options::new().anonymous(keyless("sandbox").unwrap()).limits(limits)).await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let head = format!(
        "POST {RUN} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{{",
        world.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("\"code\":\"timeout\""), "{answer}");
    world.end().await;
}
