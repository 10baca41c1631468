//! Failed deliveries: events that were not delivered while others were, with their attempts.

use std::fmt;

use connector_sdk::{Code, Error, Result, Retry};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attach;
use super::attempt::Attempt;
use super::destination::DestinationId;
use super::message::OutgoingEvent;
use super::schedule;
use super::status::later;
use crate::digest::sha256_of_lines;
use crate::kinds::FAILED_DELIVERY;
use crate::principal::ConnectionRef;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// Beginning of the keys of the tasks that try them again.
pub(super) const PREFIX: &str = "retry/";
/// Number of hexadecimal digits that name the event in an id.
const DIGITS: usize = 32;
/// Maximum number of attempts that are kept: the first and the latest. Only somebody who asks for more makes more.
const KEPT: usize = 20;

/// Id of a failed delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FailedId(String);

impl FailedId {
    /// Returns the id of the failed delivery of an event.
    pub(super) fn of(destination: &DestinationId, source: &str, event: &str) -> FailedId {
        FailedId(format!("{destination}-{}", &sha256_of_lines(&[source, event])[..DIGITS]))
    }

    /// Reads an id, if the text can be one.
    pub(crate) fn read(text: &str) -> Option<FailedId> {
        let (destination, digits) = text.split_once('-')?;
        DestinationId::read(destination)?;
        (digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| FailedId(text.to_owned()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn task(&self) -> String {
        format!("{PREFIX}{}", self.key())
    }

    pub(super) fn of_task(task: &str) -> Option<FailedId> {
        FailedId::read(&task.strip_prefix(PREFIX)?.strip_prefix("main/")?.replacen('/', "-", 1))
    }

    fn key(&self) -> String {
        format!("main/{}", self.0.replacen('-', "/", 1))
    }
}

impl fmt::Display for FailedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeliveryState {
    /// It waits for its turn, or for its endpoint.
    Pending,
    /// It was delivered.
    Delivered,
    /// It has failed, and is tried again.
    Retrying,
    /// It has failed, and is not tried again until somebody asks for it.
    Exhausted,
}

/// An event that was not delivered.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FailedDelivery {
    /// Id.
    pub id: FailedId,
    /// Destination.
    pub destination: DestinationId,
    /// Id of the watch that found the event; absent for an event about the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch: Option<String>,
    /// Id of the event.
    pub event: String,
    /// Id of its messages, which the receiver knows as `webhook-id`.
    pub message: String,
    /// Type of the event.
    #[serde(rename = "type")]
    pub kind: String,
    /// State: retrying or exhausted.
    pub state: DeliveryState,
    /// Attempts, the oldest first.
    pub attempts: Vec<Attempt>,
    /// Time of the next attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// Whether the events after it wait for it, because the destination is ordered.
    pub holds: bool,
}

/// A failed delivery as it is stored, with its event: the log may drop that before.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailedRecord {
    pub(super) destination: DestinationId,
    pub(super) event: OutgoingEvent,
    pub(super) attempts: Vec<Attempt>,
    /// Number of all attempts, also of those that are not kept.
    pub(super) count: usize,
    pub(super) next: Option<Timestamp>,
    #[serde(default)]
    pub(super) is_replay: bool,
    /// Whether it holds up its queue.
    #[serde(default)]
    pub(super) holds: bool,
    /// Whether its queue is to go on without it.
    #[serde(default)]
    pub(super) skip: bool,
}

impl FailedRecord {
    /// Creates a record after a first attempt has failed.
    pub(super) fn new(destination: DestinationId, event: OutgoingEvent, attempt: Attempt) -> FailedRecord {
        let record = FailedRecord {
            destination,
            event,
            attempts: Vec::new(),
            count: 0,
            next: None,
            is_replay: false,
            holds: false,
            skip: false,
        };
        record.with(attempt)
    }

    /// Adds an attempt that has failed.
    pub(super) fn with(mut self, attempt: Attempt) -> FailedRecord {
        self.count += 1;
        self.next = schedule::pause(self.count, attempt.asked, schedule::share()).map(|pause| later(attempt.at, pause));
        if self.attempts.len() >= KEPT {
            self.attempts.remove(1);
        }
        self.attempts.push(attempt);
        self
    }

    pub(super) fn id(&self) -> FailedId {
        FailedId::of(&self.destination, &self.event.origin.source, &self.event.id)
    }

    /// Returns its id.
    pub(crate) fn failed_id(&self) -> FailedId {
        self.id()
    }

    /// Returns it due at this time.
    pub(crate) fn due_at(self, now: Timestamp) -> FailedRecord {
        FailedRecord { next: Some(now), ..self }
    }

    /// Returns it given up, so that its queue goes on.
    pub(crate) fn skipped(self) -> FailedRecord {
        FailedRecord { skip: true, ..self }
    }

    /// Returns whether it holds up its queue.
    pub(crate) fn is_holding(&self) -> bool {
        self.holds
    }

    /// Returns the key of the task that tries it again.
    pub(crate) fn task(&self) -> String {
        match &self.event.origin.watch {
            _ if !self.holds => self.id().task(),
            Some(watch) => attach::task(&watch.id, &self.destination),
            None => attach::task(crate::operations::TASK, &self.destination),
        }
    }

    /// Returns the connection and the trigger by which its event was found; `None` for an event about the host.
    pub(crate) fn found_with(&self) -> Option<(&ConnectionRef, &str)> {
        Some((self.event.origin.connection.as_ref()?, self.event.origin.kind.as_deref()?))
    }

    /// Returns it as interfaces show it.
    pub(crate) fn shown(self) -> FailedDelivery {
        FailedDelivery {
            id: self.id(),
            watch: self.event.origin.watch.as_ref().map(|watch| watch.id.clone()),
            message: self.event.message_id(),
            state: if self.next.is_some() { DeliveryState::Retrying } else { DeliveryState::Exhausted },
            destination: self.destination,
            event: self.event.id,
            kind: self.event.kind,
            attempts: self.attempts,
            next: self.next,
            holds: self.holds,
        }
    }
}

/// The failed deliveries of a host.
pub(crate) struct FailedDeliveries<'a>(pub(crate) &'a SealedDocuments);

impl FailedDeliveries<'_> {
    /// Returns a failed delivery, with its revision.
    ///
    /// # Errors
    /// The store's; `unavailable` for one that cannot be read.
    pub(crate) async fn load(&self, id: &FailedId) -> Result<Option<(Revision, FailedRecord)>> {
        let Some((revision, plain)) = self.0.get(FAILED_DELIVERY, &id.key()).await? else { return Ok(None) };
        Ok(Some((revision, read(&plain)?)))
    }

    /// Stores a failed delivery if it is still at this revision. Returns whether it was.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn store(&self, expected: Option<Revision>, record: &FailedRecord) -> Result<bool> {
        let text = serde_json::to_vec(record).map_err(|error| Error::bug(error.to_string()))?;
        match self.0.put(FAILED_DELIVERY, &record.id().key(), expected, &text).await {
            Err(error) if error.code() == Code::Conflict => Ok(false),
            put => put.map(|_| true),
        }
    }

    /// Removes a failed delivery if it is still at this revision.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile; the store's.
    pub(crate) async fn remove(&self, id: &FailedId, expected: Revision) -> Result<()> {
        self.0.remove(FAILED_DELIVERY, &id.key(), expected).await
    }

    /// Lists the failed deliveries to a destination, by id, after one of them. One that cannot be read hides no other.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn list(
        &self,
        destination: &DestinationId,
        after: Option<&FailedId>,
        limit: usize,
    ) -> Result<Vec<(FailedId, Revision, Result<FailedRecord>)>> {
        let prefix = format!("main/{destination}/");
        let after = after.map(FailedId::key);
        let found = self.0.list(FAILED_DELIVERY, &prefix, after.as_deref(), limit).await?;
        let id = |key: &str| FailedId::read(&key.strip_prefix("main/")?.replacen('/', "-", 1));
        Ok(found
            .into_iter()
            .filter_map(|(key, revision, plain)| Some((id(&key)?, revision, plain.and_then(|plain| read(&plain)))))
            .collect())
    }
}

fn read(plain: &[u8]) -> Result<FailedRecord> {
    serde_json::from_slice(plain).map_err(|_| {
        Error::new(Code::Unavailable, "a stored delivery cannot be read")
            .retry(Retry::Never)
            .with_hint("It may be written by a newer version: update this program.")
    })
}

/// Returns the error for a failed delivery that does not exist, or must not be seen.
pub(crate) fn no_such_failed(id: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no failed delivery `{}`", id.escape_debug()))
        .with_hint("It may have been delivered meanwhile. List the failed deliveries, and name one of them.")
}
