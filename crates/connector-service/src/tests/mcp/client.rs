//! A client of the protocol over HTTP, in any revision.

use std::cell::Cell;

use http::Method;
use http_body_util::Full;
use serde_json::{Value, json};

use crate::tests::world::{Answered, Key, World};

/// The revisions of the protocol that clients speak.
pub(super) const REVISIONS: [&str; 3] = ["2025-06-18", "2025-11-25", MODERN];
/// The revision without sessions.
pub(super) const MODERN: &str = "2026-07-28";

/// A client.
pub(super) struct Client<'a> {
    pub(super) world: &'a World,
    pub(super) key: Option<&'a Key>,
    pub(super) revision: &'static str,
    pub(super) capabilities: Value,
    id: Cell<u64>,
}

/// What a tool returned.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) is_error: bool,
    /// The text, as JSON.
    pub(super) json: Value,
    /// The whole result.
    pub(super) result: Value,
}

impl<'a> Client<'a> {
    pub(super) fn new(world: &'a World, key: Option<&'a Key>) -> Client<'a> {
        Client::of(world, key, MODERN)
    }

    pub(super) fn of(world: &'a World, key: Option<&'a Key>, revision: &'static str) -> Client<'a> {
        Client { world, key, revision, capabilities: json!({}), id: Cell::new(0) }
    }

    /// Declares that it can show forms.
    pub(super) fn with_forms(mut self) -> Client<'a> {
        self.capabilities = json!({ "elicitation": { "form": {} } });
        self
    }

    /// Declares that it can open links.
    pub(super) fn with_links(mut self) -> Client<'a> {
        self.capabilities = json!({ "elicitation": { "url": {} } });
        self
    }

    /// Returns the message of a request.
    pub(super) fn message(&self, method: &str, mut params: Value) -> Value {
        self.id.set(self.id.get() + 1);
        if self.revision == MODERN {
            let meta = &mut params["_meta"];
            meta["io.modelcontextprotocol/protocolVersion"] = self.revision.into();
            meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        }
        json!({ "jsonrpc": "2.0", "id": self.id.get(), "method": method, "params": params })
    }

    /// Returns the headers of a message.
    pub(super) fn headers(&self, message: &Value) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("accept", "application/json, text/event-stream".to_owned()),
            ("mcp-protocol-version", self.revision.to_owned()),
        ];
        if self.revision == MODERN {
            headers.push(("mcp-method", message["method"].as_str().unwrap().to_owned()));
            let name = message["params"].get("name").or(message["params"].get("uri"));
            headers.extend(name.map(|name| ("mcp-name", name.as_str().unwrap().to_owned())));
        }
        headers
    }

    pub(super) async fn post(&self, message: &Value, headers: &[(&str, String)]) -> Answered {
        let mut request = self.world.request(Method::POST, "/mcp", self.key);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.world.send(request.body(Full::from(message.to_string())).unwrap()).await
    }

    /// Sends a request, and returns the answer over HTTP.
    pub(super) async fn send(&self, method: &str, params: Value) -> Answered {
        let message = self.message(method, params);
        self.post(&message, &self.headers(&message)).await
    }

    /// Sends a request, and returns its answer: that of JSON-RPC.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Value {
        last(&self.send(method, params).await)
    }

    /// Sends a request that succeeds, and returns its result.
    pub(super) async fn result(&self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    pub(super) async fn tools(&self) -> Vec<Value> {
        self.result("tools/list", json!({})).await["tools"].as_array().unwrap().clone()
    }

    /// Calls a tool.
    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Called {
        called(self.result("tools/call", json!({ "name": tool, "arguments": arguments })).await)
    }

    /// Calls a tool that succeeds.
    pub(super) async fn done(&self, tool: &str, arguments: Value) -> Value {
        let called = self.call(tool, arguments).await;
        assert!(!called.is_error, "{tool}: {}", called.json);
        called.json
    }
}

/// Returns the answer of JSON-RPC: the body, or the last event of the stream.
pub(super) fn last(answer: &Answered) -> Value {
    match answer.header("content-type") {
        "text/event-stream" => events(answer).pop().unwrap(),
        _ => answer.json(),
    }
}

/// Returns the events of a stream.
pub(super) fn events(answer: &Answered) -> Vec<Value> {
    let data = answer.body.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(str::trim).filter(|data| !data.is_empty()).map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// Reads the result of a tool.
pub(super) fn called(result: Value) -> Called {
    let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{result}"));
    let json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    Called { is_error: result["isError"] == true, json, result: result.clone() }
}

/// Returns the text of every string in a value.
pub(super) fn strings(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, all)),
        Value::Object(members) => members.values().for_each(|member| strings(member, all)),
        _ => {}
    }
}
