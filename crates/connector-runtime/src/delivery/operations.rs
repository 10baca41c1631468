//! What becomes of deliveries, as events about the host.

use std::time::Duration;

use serde_json::{Value, json};

use super::attempt::Attempt;
use super::destination::Destination;
use super::failed::FailedRecord;
use super::message::Origin;
use crate::host::Host;
use crate::operations::{Operation, SOURCE};

/// Age of the oldest event from which on a destination is far behind.
pub(super) const BEHIND: Duration = Duration::from_hours(7 * 24);

/// Reports that a delivery is not tried again.
pub(super) async fn exhausted(host: &Host, record: &FailedRecord) {
    let data = json!({
        "destination": record.destination,
        "failedDelivery": record.id(),
        "watch": record.event.origin.watch,
        "event": record.event.id,
        "attempts": record.count,
    });
    report(host, &record.event.origin, Operation::DeliveryExhausted, data).await;
}

/// Reports that an endpoint fails.
pub(super) async fn backing_off(host: &Host, origin: &Origin, to: &Destination, attempt: &Attempt) {
    let data = json!({ "destination": to.id, "name": to.name, "error": attempt.error, "status": attempt.status });
    report(host, origin, Operation::DestinationBackingOff, data).await;
}

/// Reports that events have waited for long.
pub(super) async fn behind(host: &Host, origin: &Origin, to: &Destination, waiting: u64) {
    let data = json!({ "destination": to.id, "name": to.name, "watch": origin.watch, "waiting": waiting });
    report(host, origin, Operation::DestinationBehind, data).await;
}

// What became of an event about the host is not itself such an event: there would be no end of them.
async fn report(host: &Host, origin: &Origin, operation: Operation, data: Value) {
    if origin.source != SOURCE {
        host.0.operations.report(operation, data).await;
        host.0.workers.wake();
    }
}
