//! What is known of what was sent.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Item;

/// How many notifications are listed.
const LISTED: usize = 1_000;

/// How many notifications had which end. One that is sent again counts again as `sent` and by its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NotificationCounts {
    /// Requests, each with one notification or more.
    pub requests: u64,
    /// Notifications in these requests.
    pub sent: u64,
    /// Answered with 2xx in time.
    pub acknowledged: u64,
    /// Answered with another status.
    pub refused: u64,
    /// Answered after the time that Graph gives, or not within the limit.
    pub late: u64,
    /// The endpoint could not be reached, or broke off.
    pub unreachable: u64,
    /// Lost by a fault, because too many waited, or because the endpoint answers late too often.
    pub dropped: u64,
    /// No longer sent again, because it is too old or the subscription has ended.
    pub given_up: u64,
    /// For URLs that the sandbox does not connect to.
    pub unsent: u64,
    /// Waiting to be sent, for the first time or again, or for an answer.
    pub waiting: u64,
}

/// A notification that was sent; see [`Notifications::sent`](super::Notifications::sent).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sent {
    /// When it was answered, on the sandbox's clock.
    pub at: Timestamp,
    /// The id of the subscription.
    pub subscription: String,
    /// Where to.
    pub url: String,
    /// Its id, if it had one.
    pub id: Option<String>,
    /// Its `changeType`, or its `lifecycleEvent`.
    pub what: String,
    /// The resource that it names.
    pub resource: String,
    /// How often it had been sent by then, with this time.
    pub attempt: u32,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What that means.
    pub outcome: SentOutcome,
}

/// How an endpoint answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SentOutcome {
    /// With 2xx, in time.
    Acknowledged,
    /// With another status.
    Refused,
    /// Too late, or not at all within the limit.
    Late,
    /// It could not be reached, or broke off.
    Unreachable,
}

/// A subscription whose notifications go nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Unsent {
    /// The id of the subscription.
    pub subscription: String,
    /// The URL that the sandbox does not connect to.
    pub url: String,
    /// Why.
    pub reason: &'static str,
    /// How many notifications it was.
    pub count: u64,
}

/// The counts, and the newest of what was sent.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) counts: NotificationCounts,
    pub(super) sent: VecDeque<Sent>,
    pub(super) unsent: Vec<Unsent>,
}

impl Log {
    pub(super) fn note(&mut self, item: &Item, at: Timestamp, status: Option<u16>, outcome: SentOutcome) {
        self.counts.sent += 1;
        match outcome {
            SentOutcome::Acknowledged => self.counts.acknowledged += 1,
            SentOutcome::Refused => self.counts.refused += 1,
            SentOutcome::Late => self.counts.late += 1,
            SentOutcome::Unreachable => self.counts.unreachable += 1,
        }
        let text = |name: &str| item.body.get(name).and_then(Value::as_str).map(str::to_owned);
        if self.sent.len() == LISTED {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent {
            at,
            subscription: item.subscription.clone(),
            url: item.url.clone(),
            id: text("id"),
            what: text("changeType").or_else(|| text("lifecycleEvent")).unwrap_or_default(),
            resource: text("resource").unwrap_or_default(),
            attempt: item.attempts,
            status,
            outcome,
        });
    }

    pub(super) fn cannot_send(&mut self, subscription: &str, url: &str, reason: &'static str) {
        self.counts.unsent += 1;
        let known = self.unsent.iter_mut().find(|unsent| unsent.subscription == subscription && unsent.url == url);
        if let Some(known) = known {
            known.count += 1;
        } else if self.unsent.len() < LISTED {
            let (subscription, url) = (subscription.to_owned(), url.to_owned());
            self.unsent.push(Unsent { subscription, url, reason, count: 1 });
        }
    }
}
