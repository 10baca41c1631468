//! Events about the host itself, for destinations that ask for them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Error, Result};
use serde_json::{Value, json};

use crate::delivery::{Destinations, task};
use crate::principal::Patterns;
use crate::random;
use crate::seal::SealedDocuments;
use crate::store::{EventLog, NewEvent, Start, Store};

/// Source of the events.
pub(crate) const SOURCE: &str = "ops/main";
/// Name of the source in the keys of tasks.
pub(crate) const TASK: &str = "ops";
/// Name of the consumer that holds the events until they are too old.
const RETENTION: &str = "retention";
/// Time for which events are kept that a destination has received.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// What happens to the host that somebody should know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A delivery is not tried again.
    DeliveryExhausted,
    /// An endpoint fails.
    DestinationBackingOff,
    /// Events have waited for long.
    DestinationBehind,
    /// A connection cannot get tokens any more until somebody acts.
    ConnectionBroken,
    /// A watch finds nothing any more until somebody acts.
    WatchTrouble,
    /// A subscription to notifications cannot be made or renewed; its watch is polled at its interval.
    SubscriptionFailed,
}

impl Operation {
    /// Returns the type of the event.
    fn kind(self) -> &'static str {
        match self {
            Operation::DeliveryExhausted => "tenon.delivery.exhausted",
            Operation::DestinationBackingOff => "tenon.destination.backing_off",
            Operation::DestinationBehind => "tenon.destination.behind",
            Operation::ConnectionBroken => "tenon.connection.broken",
            Operation::WatchTrouble => "tenon.watch.trouble",
            Operation::SubscriptionFailed => "tenon.subscription.failed",
        }
    }
}

/// The log of events about the host.
#[derive(Clone)]
pub(crate) struct Operations {
    pub(crate) vault: Arc<SealedDocuments>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) log: Arc<dyn EventLog>,
}

impl Operations {
    /// Reports an event to the destinations that ask for it. What it is about goes on, also where this fails.
    pub(crate) async fn report(&self, operation: Operation, data: Value) {
        if let Err(error) = self.append(operation.kind(), &data).await {
            tracing::warn!(%error, kind = operation.kind(), "an event about the host was not reported");
        }
    }

    async fn append(&self, kind: &str, data: &Value) -> Result<()> {
        let asking: Vec<_> = Destinations::of(&self.vault)
            .all()
            .await?
            .into_iter()
            .filter_map(|found| found.ok().map(|(_, stored)| stored.destination))
            .filter(|destination| is_wanted(&destination.events, kind))
            .collect();
        if asking.is_empty() {
            return Ok(());
        }
        let text = serde_json::to_vec(&json!({ "type": kind, "data": data }))
            .map_err(|error| Error::bug(error.to_string()))?;
        let event = NewEvent::new(format!("ops_{}", random::name::<12>()?), Bytes::from(text));
        self.log.append(SOURCE, &[event]).await?;
        for destination in asking {
            self.store.wake(&task(TASK, &destination.id)).await?;
        }
        Ok(())
    }

    /// Drops events that are too old.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn prune(&self) -> Result<()> {
        self.log.join(SOURCE, RETENTION, Start::Oldest).await?;
        self.log.ack_older(SOURCE, RETENTION, KEPT).await
    }
}

/// Returns whether patterns ask for an event about the host. A pattern that reaches everything does not.
pub(crate) fn is_wanted(events: &Patterns, kind: &str) -> bool {
    let asking = events.0.iter().filter(|pattern| pattern.as_str().starts_with("tenon."));
    Patterns(asking.cloned().collect()).has(kind)
}
