//! Events about the host itself, for destinations that ask for them.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Error, Result};
use serde_json::{Value, json};

use super::attach::task;
use super::attempt::Attempt;
use super::destination::Destination;
use super::failed::FailedRecord;
use super::message::Origin;
use super::stored::Destinations;
use crate::host::Host;
use crate::principal::Patterns;
use crate::random;
use crate::store::NewEvent;

/// Source of the events.
pub(super) const SOURCE: &str = "ops/main";
/// Name of the source in the keys of tasks.
pub(super) const TASK: &str = "ops";
/// Age of the oldest event from which on a destination is far behind.
pub(super) const BEHIND: Duration = Duration::from_hours(7 * 24);

/// Returns whether patterns ask for an event about the host. A pattern that reaches everything does not.
pub(super) fn is_wanted(events: &Patterns, kind: &str) -> bool {
    let asking = events.0.iter().filter(|pattern| pattern.as_str().starts_with("tenon."));
    Patterns(asking.cloned().collect()).has(kind)
}

/// Reports that a delivery is not tried again.
pub(super) async fn exhausted(host: &Host, record: &FailedRecord) -> Result<()> {
    let data = json!({
        "destination": record.destination,
        "failedDelivery": record.id(),
        "watch": record.event.origin.watch,
        "event": record.event.id,
        "attempts": record.count,
    });
    report(host, &record.event.origin, "tenon.delivery.exhausted", data).await
}

/// Reports that an endpoint fails.
pub(super) async fn backing_off(host: &Host, origin: &Origin, to: &Destination, attempt: &Attempt) -> Result<()> {
    let data = json!({ "destination": to.id, "name": to.name, "error": attempt.error, "status": attempt.status });
    report(host, origin, "tenon.destination.backing_off", data).await
}

/// Reports that events have waited for long.
pub(super) async fn behind(host: &Host, origin: &Origin, to: &Destination, waiting: u64) -> Result<()> {
    let data = json!({ "destination": to.id, "name": to.name, "watch": origin.watch, "waiting": waiting });
    report(host, origin, "tenon.destination.behind", data).await
}

// What became of an event about the host is not itself such an event: there would be no end of them.
async fn report(host: &Host, origin: &Origin, kind: &str, data: Value) -> Result<()> {
    if origin.source == SOURCE {
        return Ok(());
    }
    let asking: Vec<_> = Destinations(&host.0.vault)
        .all()
        .await?
        .into_iter()
        .filter_map(|found| found.ok().map(|(_, stored)| stored.destination))
        .filter(|destination| is_wanted(&destination.events, kind))
        .collect();
    if asking.is_empty() {
        return Ok(());
    }
    let text =
        serde_json::to_vec(&json!({ "type": kind, "data": data })).map_err(|error| Error::bug(error.to_string()))?;
    let event = NewEvent::new(format!("ops_{}", random::name::<12>()?), Bytes::from(text));
    host.0.log.append(SOURCE, &[event]).await?;
    for destination in asking {
        host.0.store.wake(&task(TASK, &destination.id)).await?;
    }
    host.0.workers.wake();
    Ok(())
}
