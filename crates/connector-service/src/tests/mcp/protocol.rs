//! The protocol itself: every revision, statelessly, and what is refused.

use http::Method;
use http_body_util::Full;
use serde_json::{Value, json};

use super::client::{Client, MODERN, REVISIONS, last};
use crate::options::{Limits, Options};
use crate::tests::world::World;

#[tokio::test]
async fn every_revision_is_answered_without_a_session() {
    let world = World::new().await;
    for revision in ["2025-06-18", "2025-11-25"] {
        let client = Client::of(&world, None, revision);
        let params = json!({
            "protocolVersion": revision, "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
        });
        let answer = client.send("initialize", params).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
        assert!(!answer.headers.contains_key("mcp-session-id"));
        let result = &answer.json()["result"];
        assert_eq!(result["protocolVersion"], revision, "{result}");
        assert_eq!(result["serverInfo"]["name"], "tenon");
        assert!(result["instructions"].as_str().unwrap().contains("find_actions"));
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let answer = client.post(&initialized, &client.headers(&initialized)).await;
        assert_eq!((answer.status.as_u16(), &*answer.body), (202, ""));
    }
    let discovered = Client::new(&world, None).result("server/discover", json!({})).await;
    let supported = discovered["supportedVersions"].as_array().unwrap();
    for revision in REVISIONS {
        assert!(supported.contains(&json!(revision)), "{discovered}");
        let client = Client::of(&world, None, revision);
        let listed = client.result("tools/list", json!({})).await;
        let kept = (listed["ttlMs"].as_u64(), listed["cacheScope"].as_str());
        assert_eq!(kept, if revision == MODERN { (Some(300_000), Some("private")) } else { (None, None) });
        let read = client.done("run_read_action", json!({ "action": "outlook.list_emails", "input": { "limit": 1 } }));
        assert_eq!(read.await["untrusted"]["output"]["items"].as_array().unwrap().len(), 1);
    }
    world.end().await;
}

#[tokio::test]
async fn a_message_that_breaks_a_rule_has_the_code_that_the_protocol_gives_it() {
    let world = World::new().await;
    let client = Client::new(&world, None);
    let message = client.message("tools/list", json!({}));
    let headers = client.headers(&message);
    let check = async |message: &Value, headers: &[(&str, String)], status: u16, code: i64| {
        let answer = client.post(message, headers).await;
        assert_eq!(answer.status.as_u16(), status, "{message}: {}", answer.body);
        assert_eq!(answer.json()["error"]["code"], code, "{message}: {}", answer.body);
    };
    let without = |name: &str| headers.iter().filter(|(known, _)| *known != name).cloned().collect::<Vec<_>>();
    let with = |name: &'static str, value: &str| [without(name), vec![(name, value.to_owned())]].concat();
    let mut bare = message.clone();
    bare["params"] = json!({});
    check(&bare, &headers, 400, -32602).await;
    check(&message, &with("mcp-method", "tools/call"), 400, -32020).await;
    check(&message, &without("mcp-method"), 400, -32020).await;
    check(&message, &with("mcp-protocol-version", "2025-11-25"), 400, -32020).await;
    let call = client.message("tools/call", json!({ "name": "list_connections", "arguments": {} }));
    let mut named = client.headers(&call);
    named.retain(|(name, _)| *name != "mcp-name");
    named.push(("mcp-name", "run_read_action".to_owned()));
    check(&call, &named, 400, -32020).await;
    let mut future = message.clone();
    future["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2099-01-01".into();
    check(&future, &with("mcp-protocol-version", "2099-01-01"), 400, -32022).await;
    let unknown = client.message("tools/none", json!({}));
    check(&unknown, &client.headers(&unknown), 404, -32601).await;
    let cursor = client.message("tools/list", json!({ "cursor": "x" }));
    check(&cursor, &client.headers(&cursor), 200, -32602).await;
    let tool = client.message("tools/call", json!({ "name": "rm", "arguments": {} }));
    check(&tool, &client.headers(&tool), 200, -32602).await;
    for method in ["sampling/createMessage", "roots/list", "logging/setLevel", "tasks/get", "resources/subscribe"] {
        let message = client.message(method, json!({}));
        let answer = client.post(&message, &client.headers(&message)).await;
        assert!(answer.json().get("error").is_some(), "{method}: {}", answer.body);
    }
    world.end().await;
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let limits = Limits { body: 64 * 1024, ..Limits::default() };
    let world = World::with(Options::new().limits(limits)).await;
    let key = world.worker().await;
    let client = Client::new(&world, Some(&key));
    let headers = client.headers(&client.message("tools/list", json!({})));
    let send = async |body: String, headers: &[(&str, String)]| {
        let mut request = world.request(Method::POST, "/mcp", Some(&key));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        world.send(request.body(Full::from(body)).unwrap()).await
    };
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    for (body, code) in [("{", -32700), ("", -32700), (&*deep, -32600), ("{\"id\":123456789012345678901234}", -32600)] {
        let answer = send(body.to_owned(), &headers).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"]["code"].as_i64()), (400, Some(code)), "{body:.40}");
    }
    send(" ".repeat(70_000), &headers).await.problem(413, "too_large");
    let other = |name: &'static str, value: &str| {
        let mut headers = headers.clone();
        headers.retain(|(known, _)| *known != name);
        headers.push((name, value.to_owned()));
        headers
    };
    let message = client.message("tools/list", json!({})).to_string();
    assert_eq!(send(message.clone(), &other("accept", "application/json")).await.status.as_u16(), 406);
    assert_eq!(send(message.clone(), &other("accept", "text/html")).await.status.as_u16(), 406);
    assert_eq!(send(message.clone(), &other("content-type", "text/plain")).await.status.as_u16(), 415);
    for method in [Method::GET, Method::DELETE, Method::PUT] {
        let mut request = world.request(method, "/mcp", Some(&key));
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let answer = world.send(request.body(Full::default()).unwrap()).await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "POST");
    }
    assert!(send(message, &headers).await.status.is_success(), "what is right is answered all the same");
    world.end().await;
}

#[tokio::test]
async fn a_key_is_needed_where_nobody_is_let_in_without_one() {
    let world = World::with(Options::new()).await;
    for revision in REVISIONS {
        let answer = Client::of(&world, None, revision).send("tools/list", json!({})).await;
        answer.problem(401, "unauthenticated");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    world.end().await;
}

#[tokio::test]
async fn a_session_of_another_server_is_no_session_here() {
    let world = World::new().await;
    let client = Client::of(&world, None, "2025-11-25");
    let message = client.message("tools/list", json!({}));
    let headers = [client.headers(&message), vec![("mcp-session-id", "1234".to_owned())]].concat();
    let answer = client.post(&message, &headers).await;
    assert!(last(&answer)["result"]["tools"].is_array(), "{}", answer.body);
    assert!(!answer.headers.contains_key("mcp-session-id"));
    world.end().await;
}
