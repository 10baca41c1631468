//! The events of a watch, as they are fetched.

use std::time::Duration;

use connector_sdk::{Json, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

use super::{Watch, WatchId};
use crate::host::Host;
use crate::listen::Gap;
use crate::store::StoredEvent;

/// Time for which a reader does not hear that another process has committed events.
const DEAF: Duration = Duration::from_secs(1);

/// An event of a watch, or a gap among its events.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WatchEvent {
    /// Position: it rises with each event, with gaps, and is never used twice.
    pub sequence: u64,
    /// Identity: the same event has the same id, however often it is fetched.
    pub id: String,
    /// Time at which it was stored.
    pub at: Timestamp,
    /// Data of the event, as its trigger describes it; null for a gap.
    #[schemars(with = "serde_json::Value")]
    pub data: Option<Json>,
    /// A period in which something may have been missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub gap: Option<Gap>,
}

impl WatchEvent {
    fn read(stored: StoredEvent) -> Result<WatchEvent> {
        let gap = Gap::read(&stored);
        let data = match gap {
            None => Some(Json::parse(stored.bytes)?),
            Some(_) => None,
        };
        Ok(WatchEvent { sequence: stored.sequence, id: stored.id, at: stored.at, data, gap })
    }
}

impl Host {
    /// Tells those who wait for events of a watch that there are new ones.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn committed(&self, watch: &Watch) -> Result<()> {
        for destination in &watch.destinations {
            self.0.store.wake(&watch.id.delivery(destination)).await?;
        }
        self.0.workers.wake();
        self.0.workers.committed();
        Ok(())
    }

    /// Reads events of a watch; where there are none, waits for some for at most this time.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn read_events(
        &self,
        source: &str,
        from: From<'_>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<WatchEvent>> {
        let until = Instant::now() + wait;
        loop {
            let mut committed = std::pin::pin!(self.0.workers.next_commit());
            committed.as_mut().enable();
            let found = match from {
                From::Position(after) => self.0.log.page(source, after, limit).await?,
                From::Consumer(name) => self.0.log.read(source, name, limit).await?,
            };
            let left = until.saturating_duration_since(Instant::now());
            if !found.is_empty() || left.is_zero() {
                return found.into_iter().map(WatchEvent::read).collect();
            }
            let _ = tokio::time::timeout(left.min(DEAF), committed).await;
        }
    }
}

/// Where events are read from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum From<'a> {
    /// After a position.
    Position(u64),
    /// After what a consumer has acknowledged.
    Consumer(&'a str),
}

impl WatchId {
    /// Returns the key of the task that sends its events to a destination.
    pub(crate) fn delivery(&self, destination: &str) -> String {
        format!("deliver/main/{}/{destination}", self.0)
    }
}
