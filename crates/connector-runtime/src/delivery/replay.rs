//! Replays: events of the past that are sent again because somebody asked for it.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Error, Issue, Result};
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attach::origin;
use super::attempt::{Attempt, AttemptError};
use super::destination::DestinationId;
use super::failed::{FailedDeliveries, FailedRecord};
use super::message::{OutgoingEvent, message_id};
use super::queue::{pause_gone, send};
use super::status::{Endpoints, left};
use super::stored::{Destinations, StoredDestination};
use crate::host::Host;
use crate::kinds::REPLAY;
use crate::random;
use crate::seal::SealedDocuments;
use crate::store::{Lease, Revision, StoredEvent};
use crate::watch::{WatchId, Watches};
use crate::workers::{Job, Next};

/// First part of the keys of the tasks.
const PREFIX: &str = "replay/";
/// Number of events that are read at once.
const BATCH: usize = 64;
/// Number of batches after which a replay gives others its slot.
const BATCHES: usize = 16;
/// Maximum number of ids of a selection.
const MAX_IDS: usize = 1000;
/// Time after which the replay to a paused destination is looked at again.
const PAUSED: Duration = Duration::from_hours(1);

/// Id of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ReplayId(String);

impl ReplayId {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn task(&self) -> String {
        format!("{PREFIX}main/{}", self.0)
    }

    fn key(&self) -> String {
        format!("main/{}", self.0)
    }
}

impl fmt::Display for ReplayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The events that are sent again: those that are still kept, and were stored before the replay was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Selection {
    /// Those with these ids: of events, or of their messages (`webhook-id`). At most 1000.
    Ids(Vec<String>),
    /// Those from this time on.
    Since(Timestamp),
    /// Those from one position to another, both included.
    Range {
        /// First position.
        from: u64,
        /// Last position.
        to: u64,
    },
}

/// A replay, which goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Replay {
    /// Id.
    pub id: ReplayId,
    /// Destination.
    pub destination: DestinationId,
    /// Watch whose events are sent again.
    pub watch: WatchId,
    /// The events.
    pub select: Selection,
    /// Time at which it was asked for.
    pub created: Timestamp,
    /// Position up to which it was done.
    pub after: u64,
    /// Number of events that were delivered.
    pub delivered: u64,
    /// Number of events that have failed, and are tried again as failed deliveries.
    pub failed: u64,
}

impl Selection {
    /// Returns what is wrong with it.
    pub(crate) fn issue(&self) -> Option<Issue> {
        match self {
            Selection::Ids(ids) if ids.is_empty() => Some(Issue::new("/ids", "is empty, so nothing would be sent")),
            Selection::Ids(ids) if ids.len() > MAX_IDS => {
                Some(Issue::new("/ids", format!("has {} entries; at most {MAX_IDS} are possible", ids.len())))
            }
            Selection::Range { from, to } if from > to => Some(Issue::new("/range", "ends before it begins")),
            _ => None,
        }
    }

    fn has(&self, source: &str, stored: &StoredEvent) -> bool {
        match self {
            Selection::Ids(ids) => {
                let message = message_id(source, &stored.id);
                ids.iter().any(|id| *id == stored.id || *id == message)
            }
            Selection::Since(since) => stored.at >= *since,
            Selection::Range { from, to } => (*from..=*to).contains(&stored.sequence),
        }
    }

    fn first(&self) -> u64 {
        match self {
            Selection::Range { from, .. } => from.saturating_sub(1),
            _ => 0,
        }
    }

    fn ends_before(&self, sequence: u64) -> bool {
        matches!(self, Selection::Range { to, .. } if sequence > *to)
    }
}

/// The replays of a host that are going on.
pub(crate) struct Replays<'a>(pub(crate) &'a SealedDocuments);

impl Replays<'_> {
    async fn load(&self, key: &str) -> Result<Option<(Revision, Replay)>> {
        let Some((revision, plain)) = self.0.get(REPLAY, key).await? else { return Ok(None) };
        let read = serde_json::from_slice(&plain);
        Ok(Some((revision, read.map_err(|_| Error::new(Code::Unavailable, "a stored replay cannot be read"))?)))
    }

    async fn store(&self, expected: Option<Revision>, replay: &Replay) -> Result<Revision> {
        let text = serde_json::to_vec(replay).map_err(|error| Error::bug(error.to_string()))?;
        self.0.put(REPLAY, &replay.id.key(), expected, &text).await
    }

    /// Begins a replay.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn begin(
        &self,
        host: &Host,
        destination: DestinationId,
        watch: WatchId,
        select: Selection,
    ) -> Result<Replay> {
        let replay = Replay {
            id: ReplayId(format!("rpl_{}", random::name::<12>()?)),
            destination,
            watch,
            after: select.first(),
            select,
            // The clock by which events are stored.
            created: Timestamp::now(),
            delivered: 0,
            failed: 0,
        };
        self.store(None, &replay).await?;
        host.0.store.schedule(&replay.id.task(), Duration::ZERO, Bytes::new()).await?;
        host.0.workers.wake();
        Ok(replay)
    }

    /// Returns the replays that are going on. One that cannot be read is left out.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn all(&self) -> Result<Vec<Replay>> {
        let found = self.0.list(REPLAY, "main/", None, usize::MAX).await?;
        Ok(found.into_iter().filter_map(|(_, _, plain)| serde_json::from_slice(&plain.ok()?).ok()).collect())
    }

    async fn end(&self, replay: &Replay, revision: Revision) -> Result<Next> {
        match self.0.remove(REPLAY, &replay.id.key(), revision).await {
            // A rotation of keys has written it.
            Err(error) if error.code() == Code::Conflict => Ok(Next::Retry(Duration::ZERO)),
            removed => removed.map(|()| Next::Done),
        }
    }
}

/// The job that sends events again.
pub(crate) struct ReplayJob;

#[async_trait]
impl Job for ReplayJob {
    fn prefix(&self) -> &'static str {
        PREFIX
    }

    async fn run(&self, host: &Host, lease: &Lease) -> Result<Next> {
        let replays = Replays(&host.0.vault);
        let Some(key) = lease.key.strip_prefix(PREFIX) else { return Ok(Next::Done) };
        let Some((mut revision, mut replay)) = replays.load(key).await? else { return Ok(Next::Done) };
        for _ in 0..BATCHES {
            let found = Destinations::of(&host.0.vault).load(&replay.destination).await?;
            let watch = Watches::of(&host.0.vault).load(&replay.watch).await?;
            let (Some((_, to)), Some((_, watch))) = (found, watch) else { return replays.end(&replay, revision).await };
            if to.destination.paused.is_some() {
                return Ok(Next::After(PAUSED));
            }
            let (_, status) = Endpoints(&host.0.vault).load(&replay.destination).await?;
            if let Some(wait) = status.backing_off.as_ref().and_then(|off| off.wait((host.0.now)(), &lease.key)) {
                return Ok(Next::After(wait));
            }
            let origin = origin(&watch);
            let page = host.0.log.page(&origin.source, replay.after, BATCH).await?;
            let Some(last) = page.last().map(|last| last.sequence) else {
                return replays.end(&replay, revision).await;
            };
            let is_past = |stored: &StoredEvent| stored.at <= replay.created;
            let is_over = page.iter().any(|stored| !is_past(stored) || replay.select.ends_before(stored.sequence));
            let events = page.iter().filter(|stored| is_past(stored) && replay.select.has(&origin.source, stored));
            let events = events.map(|stored| OutgoingEvent::read(&origin, stored, stored.at)).collect();
            match send_again(host, &lease.key, &to, events).await? {
                Ok((delivered, failed)) => {
                    replay.delivered += delivered;
                    replay.failed += failed;
                }
                Err(pause) => return Ok(Next::After(pause)),
            }
            replay.after = last;
            if is_over {
                return replays.end(&replay, revision).await;
            }
            revision = match replays.store(Some(revision), &replay).await {
                Err(error) if error.code() == Code::Conflict => return Ok(Next::Retry(Duration::ZERO)),
                stored => stored?,
            };
        }
        Ok(Next::After(Duration::ZERO))
    }
}

// Returns how many were delivered and how many were not, or how long to wait because the endpoint fails.
async fn send_again(
    host: &Host,
    task: &str,
    to: &StoredDestination,
    events: Vec<OutgoingEvent>,
) -> Result<std::result::Result<(u64, u64), Duration>> {
    let at_once = if to.destination.ordered { 1 } else { usize::from(to.destination.concurrency).max(1) };
    let sends = events.into_iter().map(|event| async {
        let attempt = send(host, to, &event, true).await;
        (event, attempt)
    });
    let sent: Vec<(OutgoingEvent, Attempt)> = stream::iter(sends).buffered(at_once).collect().await;
    let id = &to.destination.id;
    if sent.iter().any(|(_, attempt)| attempt.is_gone()) {
        pause_gone(host, id).await?;
        return Ok(Err(PAUSED));
    }
    let is_of_endpoint = |attempt: &Attempt| attempt.error.is_some_and(AttemptError::is_of_endpoint);
    let delivered = sent.iter().filter(|(_, attempt)| attempt.is_success()).count();
    let (revision, status) = Endpoints(&host.0.vault).load(id).await?;
    if let Some((_, attempt)) = sent.iter().find(|(_, attempt)| is_of_endpoint(attempt)) {
        let (failed, pause) = status.failed(attempt, (host.0.now)(), task);
        Endpoints(&host.0.vault).store(id, revision, &failed).await?;
        return Ok(Err(pause));
    }
    if delivered > 0 && status.backing_off.is_some() {
        Endpoints(&host.0.vault).clear(id).await?;
        super::wake_all(host, id, Some(task)).await?;
    }
    let mut failed = 0;
    for (event, attempt) in sent.into_iter().filter(|(_, attempt)| !attempt.is_success()) {
        failed += 1;
        let record = FailedRecord { is_replay: true, ..FailedRecord::new(id.clone(), event, attempt) };
        let wait = record.next.and_then(|next| left(next, (host.0.now)())).unwrap_or_default();
        FailedDeliveries(&host.0.vault).store(None, &record).await?;
        host.0.store.schedule(&record.id().task(), wait, Bytes::new()).await?;
    }
    Ok(Ok((u64::try_from(delivered).unwrap_or(u64::MAX), failed)))
}
