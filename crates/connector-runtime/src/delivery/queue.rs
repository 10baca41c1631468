//! The queue of a destination at a source: what is read, sent and acknowledged.

use std::sync::Arc;

use connector_sdk::{Code, Result};
use jiff::Timestamp;

use super::attempt::Attempt;
use super::destination::{DestinationId, DestinationPause};
use super::message::{Origin, OutgoingEvent};
use super::stored::{Destinations, StoredDestination};
use super::webhook::{Sink as _, Webhooks};
use crate::host::Host;
use crate::principal::{Interface, PrincipalId};
use crate::store::{AuditEnd, AuditEntry, AuditKind, StoredEvent};

/// The queue of a destination at a source, while a task works on it.
pub(super) struct Queue {
    pub(super) host: Host,
    /// Key of the task.
    pub(super) task: String,
    pub(super) to: Arc<StoredDestination>,
    pub(super) origin: Origin,
}

/// An event of the queue; `None` where the destination does not want it.
pub(super) type Queued = (u64, Option<OutgoingEvent>);

impl Queue {
    pub(super) fn id(&self) -> &DestinationId {
        &self.to.destination.id
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.host.0.now)()
    }

    /// Reads the next events.
    pub(super) async fn read(&self, limit: usize) -> Result<Vec<Queued>> {
        let read = self.host.0.log.read(&self.origin.source, &self.id().consumer(), limit).await?;
        Ok(read.iter().map(|stored| (stored.sequence, self.wanted(stored))).collect())
    }

    /// Acknowledges everything up to this event.
    pub(super) async fn ack(&self, sequence: u64) -> Result<()> {
        self.host.0.log.ack(&self.origin.source, &self.id().consumer(), sequence).await
    }

    fn wanted(&self, stored: &StoredEvent) -> Option<OutgoingEvent> {
        let events = &self.to.destination.events;
        match &self.origin.kind {
            // A gap is about the events that are wanted.
            Some(kind) => events.has(kind).then(|| OutgoingEvent::read(&self.origin, stored, stored.at)),
            None => {
                let event = OutgoingEvent::read(&self.origin, stored, stored.at);
                crate::operations::is_wanted(events, &event.kind).then_some(event)
            }
        }
    }

    /// Sends an event once.
    pub(super) async fn send(&self, event: &OutgoingEvent, is_replay: bool) -> Attempt {
        send(&self.host, &self.to, event, is_replay).await
    }
}

/// Sends an event once, within the number of deliveries at once of its destination, and reports that.
pub(crate) async fn send(host: &Host, to: &StoredDestination, event: &OutgoingEvent, is_replay: bool) -> Attempt {
    let _slot = host.0.deliveries.slot(&to.destination).await;
    let now = (host.0.now)();
    let sent = match (host.0.deliveries.transport(), event.message(is_replay)) {
        (Ok(transport), Ok(message)) => Webhooks(&*transport).send(to, &message, now).await,
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(destination = %to.destination.id, %error, "an event cannot be sent");
            Attempt::unsendable(now)
        }
    };
    report(host, to, event, &sent);
    sent
}

// What was delivered is an entry of the audit log; what was not is listed as such.
fn report(host: &Host, to: &StoredDestination, event: &OutgoingEvent, attempt: &Attempt) {
    if !attempt.is_success() {
        tracing::debug!(
            destination = %to.destination.id,
            message = event.message_id(),
            status = attempt.status,
            error = ?attempt.error,
            "an event was not delivered"
        );
        return;
    }
    host.0.audit.later(AuditEntry {
        kind: AuditKind::EventDelivered,
        principal: PrincipalId::owner(),
        interface: Interface::Worker,
        action: event.origin.kind.clone(),
        effect: None,
        connection: event.origin.connection.as_ref().map(|connection| connection.id.clone()),
        target: Some(to.destination.id.to_string()),
        end: Some(AuditEnd { milliseconds: attempt.milliseconds, ..AuditEnd::default() }),
    });
}

/// Pauses a destination whose receiver says that it is gone for good.
pub(super) async fn pause_gone(host: &Host, id: &DestinationId) -> Result<()> {
    let destinations = Destinations::of(&host.0.vault);
    while let Some((revision, mut stored)) = destinations.load(id).await? {
        if stored.destination.paused.is_some() {
            return Ok(());
        }
        let former = stored.clone();
        let reason = "the receiver answered 410 Gone".to_owned();
        stored.destination.paused = Some(DestinationPause { by: PrincipalId::owner(), reason, at: (host.0.now)() });
        match destinations.replace(&former, revision, &stored).await {
            // Somebody has changed it, or a rotation of keys has written it.
            Err(error) if error.code() == Code::Conflict => {}
            replaced => {
                tracing::warn!(destination = %id, "the destination is paused: its receiver answered 410 Gone");
                return replaced.map(drop);
            }
        }
    }
    Ok(())
}
