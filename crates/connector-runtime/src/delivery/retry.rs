//! The job that tries failed deliveries again.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::{Code, Result};

use super::failed::{FailedDeliveries, FailedId, FailedRecord, PREFIX};
use super::job::wake_all;
use super::operations;
use super::queue::{pause_gone, send};
use super::status::{Endpoints, left};
use super::stored::{Destinations, StoredDestination};
use super::{Attempt, AttemptError};
use crate::host::Host;
use crate::store::{Lease, Revision};
use crate::workers::{Job, Next};

/// Time after which the destination of a failed delivery is looked at again that is paused.
const PAUSED: Duration = Duration::from_hours(1);

/// The job that tries failed deliveries again.
pub(crate) struct RetryJob;

#[async_trait]
impl Job for RetryJob {
    fn prefix(&self) -> &'static str {
        PREFIX
    }

    async fn run(&self, host: &Host, lease: &Lease) -> Result<Next> {
        let Some(id) = FailedId::of_task(&lease.key) else { return Ok(Next::Done) };
        let failed = FailedDeliveries(&host.0.vault);
        let Some((revision, record)) = failed.load(&id).await? else { return Ok(Next::Done) };
        let Some((_, to)) = Destinations::of(&host.0.vault).load(&record.destination).await? else {
            return removed(&failed, &id, revision).await;
        };
        let Some(next) = record.next.filter(|_| !record.holds) else { return Ok(Next::Done) };
        if to.destination.paused.is_some() {
            return Ok(Next::After(PAUSED));
        }
        let now = (host.0.now)();
        let (_, status) = Endpoints(&host.0.vault).load(&record.destination).await?;
        if let Some(wait) = status.backing_off.as_ref().and_then(|off| off.wait(now, &lease.key)) {
            return Ok(Next::After(wait));
        }
        if let Some(wait) = left(next, now) {
            return Ok(Next::After(wait));
        }
        let attempt = send(host, &to, &record.event, record.is_replay).await;
        if attempt.is_success() {
            let next = removed(&failed, &id, revision).await?;
            if status.backing_off.is_some() || status.in_row > 0 {
                Endpoints(&host.0.vault).clear(&record.destination).await?;
                wake_all(host, &record.destination, Some(&lease.key)).await?;
            }
            return Ok(next);
        }
        if attempt.is_gone() {
            pause_gone(host, &record.destination).await?;
        }
        tried(host, &lease.key, &to, (revision, record), attempt).await
    }
}

async fn removed(failed: &FailedDeliveries<'_>, id: &FailedId, revision: Revision) -> Result<Next> {
    match failed.remove(id, revision).await {
        // A rotation of keys has written it, or somebody asks for another attempt; it is looked at again.
        Err(error) if error.code() == Code::Conflict => Ok(Next::Retry(Duration::ZERO)),
        removed => removed.map(|()| Next::Done),
    }
}

async fn tried(
    host: &Host,
    task: &str,
    to: &StoredDestination,
    (revision, record): (Revision, FailedRecord),
    attempt: Attempt,
) -> Result<Next> {
    let destination = record.destination.clone();
    if attempt.error.is_some_and(AttemptError::is_of_endpoint) {
        let (revision, status) = Endpoints(&host.0.vault).load(&destination).await?;
        let (mut status, _) = status.failed(&attempt, (host.0.now)(), task);
        // Whoever has an event tries it next: this one has a schedule of its own.
        if let Some(off) = status.backing_off.as_mut() {
            off.tried_by = None;
        }
        if Endpoints(&host.0.vault).store(&destination, revision, &status).await? {
            tracing::warn!(destination = %to.destination.id, error = ?attempt.error, "the destination fails; its events wait");
        }
    }
    let record = record.with(attempt);
    if !FailedDeliveries(&host.0.vault).store(Some(revision), &record).await? {
        return Ok(Next::Retry(Duration::ZERO));
    }
    match record.next {
        Some(next) => Ok(Next::After(left(next, (host.0.now)()).unwrap_or(Duration::ZERO))),
        None => {
            tracing::warn!(destination = %to.destination.id, message = record.event.message_id(), "an event is not tried again");
            operations::exhausted(host, &record).await;
            Ok(Next::Done)
        }
    }
}
