//! Changing the categories of a message without losing what somebody else changes at the same time.

use connector_sdk::{Plan, Raw, Root};
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::Message;

/// How often a change that somebody else overtook is tried again.
const TRIES: u32 = 3;

/// Reads the categories, changes them, and writes them only if the message is as it was read.
pub fn change(root: Root, message: String, f: impl Fn(&mut Vec<String>) + Send + 'static) -> Plan<Raw<Message>> {
    attempt(root, message, f, TRIES)
}

#[derive(Deserialize)]
struct Known {
    #[serde(rename = "@odata.etag")]
    etag: Option<String>,
    #[serde(default)]
    categories: Vec<String>,
}

fn attempt(
    root: Root,
    message: String,
    f: impl Fn(&mut Vec<String>) + Send + 'static,
    left: u32,
) -> Plan<Raw<Message>> {
    let read =
        root.get("/messages/{message}").exchange_id("message", message.as_str()).query("$select", "id,categories");
    Plan::call(read, move |answer| {
        let known: Known = match answer.read() {
            Ok(known) => known,
            Err(error) => return Plan::fail(error),
        };
        let mut categories = known.categories.clone();
        f(&mut categories);
        if categories == known.categories {
            return answer.json().map(Raw::new).into();
        }
        let write = root
            .patch("/messages/{message}")
            .exchange_id("message", message.as_str())
            .json(json!({ "categories": categories }));
        write.if_match(known.etag.as_deref()).idempotent().raw().or_else(move |error| match error.status() {
            Some(412) if left > 1 => attempt(root, message, f, left - 1),
            _ => Plan::fail(error),
        })
    })
}
