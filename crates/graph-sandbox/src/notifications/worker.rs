//! The task that sends what waits. It lives while something waits, and ends with the sandbox.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use url::Url;

use super::{Inner, Item, SentOutcome};
use crate::reach;

/// The most that is read of an answer.
const LARGEST: usize = 64 * 1024;

/// One request.
pub(super) struct Batch {
    pub(super) url: String,
    pub(super) items: Vec<Item>,
    pub(super) late: Duration,
    pub(super) limit: Duration,
}

/// What is to be done next.
pub(super) enum Next {
    Send(Vec<Batch>),
    /// Nothing before this moment, or before somebody calls.
    Wait(Option<Instant>),
    /// Nothing at all: the worker ends.
    End,
}

/// Sends until nothing waits.
pub(super) async fn run(inner: Weak<Inner>, wake: Arc<Notify>) {
    // What is on its way ends with this task.
    let mut running = JoinSet::new();
    loop {
        let next = match inner.upgrade() {
            Some(inner) => inner.next(),
            None => return,
        };
        match next {
            Next::End => return,
            Next::Send(batches) => {
                for batch in batches {
                    let inner = inner.clone();
                    _ = running.spawn(async move {
                        let (status, outcome) = send(&batch).await;
                        if let Some(inner) = inner.upgrade() {
                            inner.finish(batch, status, outcome);
                        }
                    });
                }
            }
            Next::Wait(until) => {
                let due = async {
                    match until {
                        Some(until) => sleep_until(until).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = due => {}
                    () = wake.notified() => {}
                    Some(_) = running.join_next(), if !running.is_empty() => {}
                }
            }
        }
    }
}

async fn send(batch: &Batch) -> (Option<u16>, SentOutcome) {
    let Ok(url) = Url::parse(&batch.url) else { return (None, SentOutcome::Unreachable) };
    let items: Vec<Value> = batch.items.iter().map(|item| item.body.clone().into()).collect();
    let mut body = json!({ "value": items });
    // One for each app.
    let tokens: BTreeMap<_, _> =
        batch.items.iter().filter_map(|item| item.token.as_ref()).map(|(app, token)| (app, token)).collect();
    if !tokens.is_empty() {
        body["validationTokens"] = tokens.into_values().cloned().collect();
    }
    let body = Bytes::from(body.to_string());
    let began = Instant::now();
    match timeout(batch.limit, reach::post(&url, "application/json; charset=utf-8", body, LARGEST)).await {
        Err(_) => (None, SentOutcome::Late),
        Ok(Err(_)) => (None, SentOutcome::Unreachable),
        Ok(Ok(answer)) => {
            let outcome = match answer.status() {
                _ if began.elapsed() > batch.late => SentOutcome::Late,
                status if status.is_success() => SentOutcome::Acknowledged,
                _ => SentOutcome::Refused,
            };
            (Some(answer.status().as_u16()), outcome)
        }
    }
}
