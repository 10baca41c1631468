//! Deliveries in order: one at a time, and one that fails holds up the others.

use std::time::Duration;

use connector_sdk::{Code, Result};

use super::attempt::AttemptError;
use super::failed::{FailedDeliveries, FailedId, FailedRecord};
use super::message::OutgoingEvent;
use super::operations;
use super::queue::{Queue, Queued, pause_gone};
use super::status::{Found, later, left};
use crate::store::Revision;
use crate::workers::Next;

/// Pause between two attempts of an event that holds up others, after those of the schedule.
const EXHAUSTED: Duration = Duration::from_hours(24);

impl Queue {
    /// Delivers a batch in order; `None` to go on with the next one.
    pub(super) async fn in_order(&self, found: Found, events: Vec<Queued>) -> Result<Option<Next>> {
        // Only the first event of a queue can have failed before.
        let mut may_have_failed = true;
        for (sequence, event) in events {
            let Some(event) = event else {
                self.ack(sequence).await?;
                continue;
            };
            let former = if may_have_failed { self.former(&event).await? } else { None };
            may_have_failed = false;
            if let Some((revision, record)) = &former {
                if record.skip {
                    self.ack(sequence).await?;
                    self.forget(*revision, &record.id()).await?;
                    continue;
                }
                let due = record.next.unwrap_or_else(|| {
                    later(record.attempts.last().map_or(record.event.at, |last| last.at), EXHAUSTED)
                });
                if let Some(wait) = left(due, self.now()) {
                    return Ok(Some(Next::After(wait)));
                }
            }
            let attempt = self.send(&event, false).await;
            if attempt.is_success() {
                self.ack(sequence).await?;
                if let Some((revision, record)) = former {
                    self.forget(revision, &record.id()).await?;
                }
                continue;
            }
            if attempt.is_gone() {
                pause_gone(&self.host, self.id()).await?;
                return Ok(None);
            }
            if attempt.error.is_some_and(AttemptError::is_of_endpoint) {
                return self.fails(found, &attempt).await.map(Some);
            }
            return self.hold(former, event, attempt).await.map(Some);
        }
        Ok(None)
    }

    /// Acknowledges an event that was delivered at the beginning of the queue.
    pub(super) async fn delivered_in_order(&self, sequence: u64, event: &OutgoingEvent) -> Result<()> {
        let former = self.former(event).await?;
        self.ack(sequence).await?;
        match former {
            Some((revision, record)) => self.forget(revision, &record.id()).await,
            None => Ok(()),
        }
    }

    async fn former(&self, event: &OutgoingEvent) -> Result<Option<(Revision, FailedRecord)>> {
        let id = FailedId::of(self.id(), &event.origin.source, &event.id);
        FailedDeliveries(&self.host.0.vault).load(&id).await
    }

    async fn forget(&self, revision: Revision, id: &FailedId) -> Result<()> {
        match FailedDeliveries(&self.host.0.vault).remove(id, revision).await {
            // Whoever wrote it meanwhile wanted it to be tried or skipped, and it is done.
            Err(error) if error.code() == Code::Conflict => Ok(()),
            removed => removed,
        }
    }

    async fn hold(
        &self,
        former: Option<(Revision, FailedRecord)>,
        event: OutgoingEvent,
        attempt: super::Attempt,
    ) -> Result<Next> {
        let (revision, record) = match former {
            Some((revision, record)) => {
                let was_open = record.next.is_some();
                let record = record.with(attempt);
                if was_open && record.next.is_none() {
                    operations::exhausted(&self.host, &record).await;
                }
                (Some(revision), record)
            }
            None => (None, FailedRecord::new(self.id().clone(), event, attempt)),
        };
        let record = FailedRecord { holds: true, ..record };
        if !FailedDeliveries(&self.host.0.vault).store(revision, &record).await? {
            // Somebody has asked for another attempt, or to skip it.
            return Ok(Next::After(Duration::ZERO));
        }
        let wait = record.next.and_then(|next| left(next, self.now()));
        Ok(Next::After(wait.unwrap_or(if record.next.is_some() { Duration::ZERO } else { EXHAUSTED })))
    }
}
