//! Subscriptions over HTTP: the notification URL has to agree.

mod common;

use std::sync::{Arc, Mutex};

use common::{World, answer, serve};
use graph_sandbox::{Holder, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A listener that answers each request with what `answer` makes of the validation token.
async fn listener(answer: fn(&str) -> String) -> (String, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", socket.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap();
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            let path = head.split(' ').nth(1).unwrap();
            let url = url::Url::parse(&format!("http://x{path}")).unwrap();
            let token =
                url.query_pairs().find(|(name, _)| name == "validationToken").map(|(_, token)| token.into_owned());
            let reply = answer(&token.unwrap_or_default());
            log.lock().unwrap().push(head);
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    (url, seen)
}

fn echo(token: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{token}",
        token.len()
    )
}

async fn world(validates: bool) -> World {
    let builder = Sandbox::builder();
    serve(if validates { builder.validate_notification_urls() } else { builder }.build()).await
}

async fn subscribe(world: &World, url: &str) -> (u16, Value) {
    let now = world.sandbox.clock().now().as_second();
    let expires = jiff::Timestamp::from_second(now + 3600).unwrap().to_string();
    let body = json!({ "changeType": "created", "notificationUrl": url, "resource": "me/messages", "expirationDateTime": expires });
    let token = world.sandbox.issue_token(Holder::User("MeganB@contoso.example"), &["Mail.Read"]);
    let request =
        world.http.post(world.url("/v1.0/subscriptions")).bearer_auth(token).header("content-type", "application/json");
    answer(request.body(body.to_string()).send().await.unwrap()).await
}

async fn count(world: &World) -> usize {
    let token = world.sandbox.issue_token(Holder::User("MeganB@contoso.example"), &["Mail.Read"]);
    answer(world.graph("/v1.0/subscriptions", &token).await).await.1["value"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_url_that_echoes_its_token_is_kept() {
    let world = world(true).await;
    let before = count(&world).await;
    let (url, seen) = listener(echo).await;
    let (status, made) = subscribe(&world, &url).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(count(&world).await, before + 1);
    let seen = seen.lock().unwrap();
    assert!(seen.len() == 1 && seen[0].starts_with("POST /hook?validationToken="), "{seen:?}");
}

#[tokio::test]
async fn a_url_that_does_not_is_refused() {
    let world = world(true).await;
    let before = count(&world).await;
    let silent = |_: &str| "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n".to_owned();
    let unwilling = |_: &str| "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".to_owned();
    let html = |token: &str| echo(token).replace("text/plain", "text/html");
    for answers in [silent as fn(&str) -> String, unwilling, html] {
        let (url, _) = listener(answers).await;
        let (status, body) = subscribe(&world, &url).await;
        assert_eq!((status, &body["error"]["code"]), (400, &json!("ValidationError")), "{body}");
    }
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(subscribe(&world, &format!("http://{closed}/")).await.0, 400);
    assert_eq!(count(&world).await, before);
}

#[tokio::test]
async fn nobody_is_asked_unless_it_is_wished_for() {
    let world = world(false).await;
    let (url, seen) = listener(echo).await;
    assert_eq!(subscribe(&world, &url).await.0, 201);
    assert!(seen.lock().unwrap().is_empty());
    let switch = world.http.post(world.url("/sandbox/notification-urls")).body(json!({ "validate": true }).to_string());
    assert_eq!(switch.send().await.unwrap().status(), 200);
    assert_eq!(subscribe(&world, &url).await.0, 201);
    assert_eq!(seen.lock().unwrap().len(), 1);
    let asking = self::world(true).await;
    assert_eq!(subscribe(&asking, "https://hooks.example/graph").await.0, 201);
}
