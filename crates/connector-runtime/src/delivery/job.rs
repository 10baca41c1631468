//! The job that delivers the events of a source to a destination.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::Result;

use super::attach::{origin_of, tasks_of};
use super::destination::DestinationId;
use super::failed::FailedDeliveries;
use super::operations;
use super::queue::{Queue, Queued, pause_gone};
use super::status::{EndpointStatus, Endpoints, Found};
use super::stored::Destinations;
use crate::host::Host;
use crate::store::Lease;
use crate::workers::{Job, Next};

/// First part of the keys of the tasks.
pub(super) const PREFIX: &str = "deliver/";
/// Number of events that are read at once.
const BATCH: usize = 64;
/// Number of batches after which a task gives others its slot.
const BATCHES: usize = 16;
/// Number of events at the beginning of a queue of which one is sent to an endpoint that fails: in turn, so that one
/// event that the receiver never takes does not hide that it takes others.
const TRIED: usize = 8;
/// Time after which an empty queue is read again although nobody has woken its task.
const IDLE: Duration = Duration::from_mins(5);
/// Time after which the queue of a paused destination is looked at again.
const PAUSED: Duration = Duration::from_hours(1);

/// The job that delivers events.
pub(crate) struct DeliverJob;

#[async_trait]
impl Job for DeliverJob {
    fn prefix(&self) -> &'static str {
        PREFIX
    }

    async fn run(&self, host: &Host, lease: &Lease) -> Result<Next> {
        let Some((source, id)) = read(&lease.key) else { return Ok(Next::Done) };
        if lease.attempt > 1 {
            resume_retries(host, &id).await?;
        }
        // What a probe has delivered, and is not acknowledged yet.
        let mut delivered = BTreeSet::new();
        for _ in 0..BATCHES {
            let Some((_, stored)) = Destinations::of(&host.0.vault).load(&id).await? else {
                host.0.log.leave(source.name(), &id.consumer()).await?;
                return Ok(Next::Done);
            };
            let Some(origin) = origin_of(host, &source, &stored.destination).await? else {
                host.0.log.leave(source.name(), &id.consumer()).await?;
                return Ok(Next::Done);
            };
            if stored.destination.paused.is_some() {
                return Ok(Next::After(PAUSED));
            }
            let queue = Queue { host: host.clone(), task: lease.key.clone(), to: Arc::new(stored), origin };
            if let Some(next) = queue.turn(&mut delivered).await? {
                return Ok(next);
            }
        }
        Ok(Next::After(Duration::ZERO))
    }
}

/// A source of events, by its task.
pub(super) struct SourceOfTask {
    /// Id of the watch; `None` for the events about the host.
    pub(super) watch: Option<String>,
    name: String,
}

impl SourceOfTask {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

// `deliver/main/{watch}/{destination}`
fn read(task: &str) -> Option<(SourceOfTask, DestinationId)> {
    let (source, id) = task.strip_prefix(PREFIX)?.strip_prefix("main/")?.split_once('/')?;
    let source = match source {
        crate::operations::TASK => SourceOfTask { watch: None, name: crate::operations::SOURCE.to_owned() },
        watch => SourceOfTask { watch: Some(watch.to_owned()), name: format!("watch/main/{watch}") },
    };
    Some((source, DestinationId::read(id)?))
}

// A process that was killed may have stored failed deliveries without their tasks.
async fn resume_retries(host: &Host, id: &DestinationId) -> Result<()> {
    for (failed, _, record) in FailedDeliveries(&host.0.vault).list(id, None, usize::MAX).await? {
        let is_open = record.is_ok_and(|record| record.next.is_some() && !record.holds);
        if is_open && host.0.store.next_due(&failed.task()).await?.is_none() {
            host.0.store.schedule(&failed.task(), Duration::ZERO, bytes::Bytes::new()).await?;
        }
    }
    Ok(())
}

impl Queue {
    // Delivers a batch; `None` to go on with the next one.
    async fn turn(&self, delivered: &mut BTreeSet<u64>) -> Result<Option<Next>> {
        let (revision, status) = Endpoints(&self.host.0.vault).load(self.id()).await?;
        if let Some(off) = &status.backing_off
            && let Some(wait) = off.wait(self.now(), &self.task)
        {
            return Ok(Some(Next::After(wait)));
        }
        let events = self.read(BATCH).await?;
        if events.is_empty() {
            self.hand_over((revision, status)).await?;
            return Ok(Some(Next::After(IDLE)));
        }
        if status.backing_off.is_some() {
            return self.probe((revision, status), &events, delivered).await;
        }
        if self.to.destination.ordered {
            return self.in_order((revision, status), events).await;
        }
        self.batch((revision, status), events, delivered).await
    }

    // Sends one event to an endpoint that fails.
    async fn probe(
        &self,
        (revision, status): Found,
        events: &[Queued],
        delivered: &mut BTreeSet<u64>,
    ) -> Result<Option<Next>> {
        let wanted: Vec<_> = events.iter().filter_map(|(sequence, event)| Some((sequence, event.as_ref()?))).collect();
        let tried = if self.to.destination.ordered { 1 } else { TRIED.min(wanted.len()) };
        let failures = status.backing_off.as_ref().map_or(0, |off| off.failures);
        let at = usize::try_from(failures).unwrap_or_default().checked_rem(tried).unwrap_or_default();
        let Some((sequence, event)) = wanted.get(at) else {
            // Nothing of this is wanted; what comes after it may be.
            return self.skip_all(events).await;
        };
        let attempt = self.send(event, false).await;
        if attempt.is_success() {
            if self.to.destination.ordered {
                self.delivered_in_order(**sequence, event).await?;
            } else {
                delivered.insert(**sequence);
            }
            self.recovered().await?;
            return Ok(None);
        }
        if attempt.is_gone() {
            pause_gone(&self.host, self.id()).await?;
            return Ok(None);
        }
        self.fails((revision, status), &attempt).await.map(Some)
    }

    async fn skip_all(&self, events: &[Queued]) -> Result<Option<Next>> {
        if let Some((last, _)) = events.last() {
            self.ack(*last).await?;
        }
        Ok(None)
    }

    /// Stores that the endpoint works, and wakes those who wait for it.
    pub(super) async fn recovered(&self) -> Result<()> {
        Endpoints(&self.host.0.vault).clear(self.id()).await?;
        tracing::info!(destination = %self.id(), "the destination works again");
        wake_all(&self.host, self.id(), Some(&self.task)).await
    }

    /// Stores that the endpoint fails, and returns when it is tried again.
    pub(super) async fn fails(&self, (revision, status): Found, attempt: &super::Attempt) -> Result<Next> {
        let (mut failed, pause) = status.failed(attempt, self.now(), &self.task);
        let lag = self.host.0.log.lag(&self.origin.source, &self.id().consumer()).await?;
        let is_behind = lag.oldest.is_some_and(|oldest| oldest >= operations::BEHIND);
        let tells_behind = is_behind && !failed.told_behind;
        failed.told_behind |= is_behind;
        if !Endpoints(&self.host.0.vault).store(self.id(), revision, &failed).await? {
            // Another task was faster; what it has stored counts.
            return Ok(Next::After(Duration::ZERO));
        }
        if status.backing_off.is_none() {
            tracing::warn!(destination = %self.id(), error = ?attempt.error, status = attempt.status, "the destination fails; its events wait");
            operations::backing_off(&self.host, &self.origin, &self.to.destination, attempt).await;
        }
        if tells_behind {
            operations::behind(&self.host, &self.origin, &self.to.destination, lag.events).await;
        }
        Ok(Next::After(pause))
    }

    // An endpoint that fails is tried by whoever has an event.
    async fn hand_over(&self, (revision, mut status): Found) -> Result<()> {
        let Some(off) = status.backing_off.as_mut().filter(|off| off.tried_by.as_ref() == Some(&self.task)) else {
            return Ok(());
        };
        off.tried_by = None;
        Endpoints(&self.host.0.vault).store(self.id(), revision, &status).await.map(|_| ())
    }

    /// Stores how many have failed in a row, unless another task has written meanwhile.
    pub(super) async fn count_in_row(&self, (revision, status): Found, in_row: u32) -> Result<()> {
        if status.in_row == in_row {
            return Ok(());
        }
        let status = EndpointStatus { in_row, ..status };
        Endpoints(&self.host.0.vault).store(self.id(), revision, &status).await.map(|_| ())
    }
}

/// Wakes the tasks of a destination, apart from one.
pub(crate) async fn wake_all(host: &Host, id: &DestinationId, but: Option<&str>) -> Result<()> {
    for task in tasks_of(host, id).await? {
        if Some(&*task) != but {
            host.0.store.wake(&task).await?;
        }
    }
    for (failed, ..) in FailedDeliveries(&host.0.vault).list(id, None, usize::MAX).await? {
        host.0.store.wake(&failed.task()).await?;
    }
    host.0.workers.wake();
    Ok(())
}
