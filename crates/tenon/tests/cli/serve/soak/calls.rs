//! Agents that call at a steady pace, and watches that are looked at after a kill.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::Client;

/// What became of the calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) made: usize,
    pub(super) failed: Vec<Value>,
}

/// Calls a tool over MCP so often a second, until the time is over.
pub(super) async fn call(client: Client, url: String, a_second: u32, time: Duration) -> Calls {
    let began = Instant::now();
    let mut calls = Calls::default();
    let mut clock = tokio::time::interval(Duration::from_secs(1) / a_second.max(1));
    let headers = [("accept", "application/json, text/event-stream"), ("mcp-protocol-version", "2025-11-25")];
    while began.elapsed() < time {
        clock.tick().await;
        calls.made += 1;
        let arguments = json!({ "action": "outlook.list_emails", "connection": "sandbox", "input": { "limit": 1 } });
        let params = json!({ "name": "run_read_action", "arguments": arguments });
        let message = json!({ "jsonrpc": "2.0", "id": calls.made, "method": "tools/call", "params": params });
        let answered = client.post(&format!("{url}/mcp"), &headers, &message).await;
        // One event with the answer, or the answer itself.
        let text = answered.body.lines().find_map(|line| line.strip_prefix("data:")).unwrap_or(&answered.body);
        let answer: Value = serde_json::from_str(text.trim()).unwrap_or(Value::Null);
        if answered.status != 200 || answer["result"].is_null() || answer["result"]["isError"] == true {
            calls.failed.push(json!({ "status": answered.status, "answer": answer }));
        }
    }
    calls
}

/// Returns how long it takes from now until every watch has been polled again, by whoever is left.
pub(super) async fn polled_again(client: &Client, url: &str, watches: usize) -> Duration {
    let began = Instant::now();
    let since = list(client, url).await;
    loop {
        let now = list(client, url).await;
        if now.len() == watches && now.iter().zip(&since).all(|(now, before)| now.0 == before.0 && now.1 > before.1) {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(60), "a watch is polled no more: {now:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn list(client: &Client, url: &str) -> Vec<(String, String)> {
    let page = client.get(&format!("{url}/v1/watches")).await.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let watches = page["watches"].as_array().unwrap();
    let mut all: Vec<_> = watches.iter().map(|watch| (text(&watch["name"]), text(&watch["polled"]))).collect();
    all.sort();
    all
}
