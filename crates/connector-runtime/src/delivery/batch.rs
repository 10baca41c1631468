//! Deliveries side by side: a batch is sent, its failures are stored, and then it is acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::Result;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::attempt::Attempt;
use super::failed::{FailedDeliveries, FailedRecord};
use super::message::OutgoingEvent;
use super::queue::{Queue, Queued, pause_gone};
use super::status::{FAILING, Found, left};
use crate::workers::Next;

/// What became of the events of a batch.
#[derive(Default)]
struct Sent {
    succeeded: BTreeSet<u64>,
    failed: BTreeMap<u64, Attempt>,
    /// The failure by which the endpoint is known to fail.
    endpoint: Option<Attempt>,
    is_gone: bool,
}

impl Sent {
    fn take(&mut self, sequence: u64, attempt: Attempt, in_row: u32) {
        if attempt.is_success() {
            self.succeeded.insert(sequence);
            return;
        }
        self.is_gone |= attempt.is_gone();
        let failures = u32::try_from(self.failed.len()).unwrap_or(u32::MAX).saturating_add(1).saturating_add(in_row);
        let is_endpoint = attempt.error.is_some_and(super::AttemptError::is_of_endpoint)
            || (self.succeeded.is_empty() && failures >= FAILING);
        if is_endpoint && self.endpoint.is_none() {
            self.endpoint = Some(attempt.clone());
        }
        self.failed.insert(sequence, attempt);
    }

    fn is_over(&self) -> bool {
        self.endpoint.is_some() || self.is_gone
    }

    /// Decides at the end: where something was delivered, failures with a status are those of their events.
    fn end(&mut self) {
        let is_of_endpoint = |attempt: &Attempt| attempt.error.is_some_and(super::AttemptError::is_of_endpoint);
        if !self.succeeded.is_empty() && self.endpoint.as_ref().is_some_and(|attempt| !is_of_endpoint(attempt)) {
            self.endpoint = None;
        }
    }

    /// Returns whether a failure is that of the event alone.
    fn is_single(&self, sequence: u64, attempt: &Attempt) -> bool {
        let is_of_endpoint = attempt.error.is_some_and(super::AttemptError::is_of_endpoint);
        let others_succeeded = self.succeeded.last().is_some_and(|last| *last > sequence);
        !is_of_endpoint && !attempt.is_gone() && (others_succeeded || !self.is_over())
    }
}

impl Queue {
    /// Delivers a batch; `None` to go on with the next one.
    pub(super) async fn batch(
        &self,
        found: Found,
        events: Vec<Queued>,
        delivered: &mut BTreeSet<u64>,
    ) -> Result<Option<Next>> {
        let mut sent = self.send_all(&events, delivered, found.1.in_row).await;
        sent.end();
        // In order, up to the first event that is neither delivered nor stored as failed.
        let mut last = None;
        let mut singles = Vec::new();
        for (sequence, event) in events {
            let is_done = delivered.contains(&sequence) || sent.succeeded.contains(&sequence);
            match (event, sent.failed.get(&sequence)) {
                (None, _) => {}
                (Some(_), _) if is_done => {}
                (Some(event), Some(attempt)) if sent.is_single(sequence, attempt) => {
                    singles.push((event, attempt.clone()));
                }
                _ => break,
            }
            last = Some(sequence);
        }
        for (event, attempt) in singles {
            self.store_failed(event, attempt).await?;
        }
        if let Some(last) = last {
            self.ack(last).await?;
            delivered.retain(|sequence| *sequence > last);
        }
        delivered.extend(sent.succeeded.iter().filter(|sequence| last.is_none_or(|last| **sequence > last)));
        if sent.is_gone {
            pause_gone(&self.host, self.id()).await?;
            return Ok(None);
        }
        if let Some(attempt) = &sent.endpoint {
            return self.fails(found, attempt).await.map(Some);
        }
        let failures = u32::try_from(sent.failed.len()).unwrap_or(u32::MAX);
        let in_row = if sent.succeeded.is_empty() { found.1.in_row.saturating_add(failures) } else { 0 };
        self.count_in_row(found, in_row).await?;
        Ok(None)
    }

    async fn send_all(&self, events: &[Queued], delivered: &BTreeSet<u64>, in_row: u32) -> Sent {
        let mut sent = Sent { succeeded: delivered.clone(), ..Sent::default() };
        let mut waiting = events.iter().filter(|(sequence, _)| !delivered.contains(sequence));
        let mut waiting = waiting.by_ref().filter_map(|(sequence, event)| Some((*sequence, event.as_ref()?)));
        let mut running = FuturesUnordered::new();
        let send = async |sequence: u64, event: &OutgoingEvent| (sequence, self.send(event, false).await);
        loop {
            while running.len() < usize::from(self.to.destination.concurrency) && !sent.is_over() {
                let Some((sequence, event)) = waiting.next() else { break };
                running.push(send(sequence, event));
            }
            let Some((sequence, attempt)) = running.next().await else { return sent };
            sent.take(sequence, attempt, in_row);
        }
    }

    // Its document first: without it the task has nothing to do. What is killed in between sends the event again.
    async fn store_failed(&self, event: OutgoingEvent, attempt: Attempt) -> Result<()> {
        let record = FailedRecord::new(self.id().clone(), event, attempt);
        let next = record.next.and_then(|next| left(next, self.now())).unwrap_or(Duration::ZERO);
        // Where there is one already, an earlier turn was killed before it acknowledged.
        FailedDeliveries(&self.host.0.vault).store(None, &record).await?;
        self.host.0.store.schedule(&record.id().task(), next, Bytes::new()).await
    }
}
