//! Events of sources, committed together with the cursor that they were found with.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::Revision;

/// An event to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Identity within the source: the same event has the same id, however often it is found.
    pub id: String,
    /// Content of the event, opaque to the engine.
    pub bytes: Bytes,
}

impl NewEvent {
    /// Creates an event.
    pub fn new(id: impl Into<String>, bytes: impl Into<Bytes>) -> NewEvent {
        NewEvent { id: id.into(), bytes: bytes.into() }
    }
}

/// Result of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// New revision of the cursor, to be named by the next commit.
    pub revision: Revision,
    /// Number of events that were new.
    pub added: usize,
    /// Number of events that were dropped because the source had delivered their id before.
    pub duplicates: usize,
}

/// An event on its way to a consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Position in the source: rises in the order of commits, with gaps, and is never used twice.
    pub sequence: u64,
    /// Id of the event.
    pub id: String,
    /// Content of the event.
    pub bytes: Bytes,
    /// Time at which it was committed, on the engine's clock. For an event that an older version has stored, which noted
    /// no time, it is the time at which the engine learned to note it: the event is at least that old.
    pub at: Timestamp,
}

/// Where a consumer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With what is committed from now on.
    Now,
    /// With the oldest event that is still kept.
    Oldest,
    /// With the first event after this sequence that is still kept.
    After(u64),
}

/// What a consumer has not acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lag {
    /// Number of events.
    pub events: u64,
    /// Age of the oldest of them, in seconds; null where there is none.
    #[serde(rename = "oldestSeconds", serialize_with = "seconds")]
    #[schemars(with = "Option<u64>")]
    pub oldest: Option<Duration>,
}

fn seconds<S: Serializer>(age: &Option<Duration>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    age.map(|age| age.as_secs()).serialize(serializer)
}

/// Events by source, each with a cursor, and consumers that acknowledge them.
///
/// Delivery is at least once: an event is read until it is acknowledged, and its id stays the same, so
/// that whoever cannot bear a repetition can recognise it. Events are committed once: an id that the
/// source had in the retention (30 days unless the engine is told otherwise) is dropped.
///
/// ```
/// use connector_runtime::store::{EventLog, NewEvent, Sqlite};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> connector_sdk::Result<()> {
/// let store = Sqlite::in_memory()?;
/// let events = [NewEvent::new("e1", "Lunch")];
/// let first = store.commit("inbox", None, &events, "cursor 1".into()).await?;
/// let again = store.commit("inbox", Some(first.revision), &events, "cursor 2".into()).await?;
/// assert_eq!((first.added, again.added, again.duplicates), (1, 0, 1));
/// assert_eq!(store.read("inbox", "program", 10).await?[0].id, "e1");
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Commits the events, in order, and the cursor together: all or nothing. When it returns, both outlive a crash.
    ///
    /// `expected` is the revision of the cursor that the events were found with, `None` for a source that
    /// has none yet. It is the fence: a process that was frozen and comes back late commits nothing.
    ///
    /// # Errors
    /// `conflict` when the cursor is at another revision; nothing is changed then.
    async fn commit(
        &self,
        source: &str,
        expected: Option<Revision>,
        events: &[NewEvent],
        cursor: Bytes,
    ) -> Result<Committed>;

    /// Adds the events, in order, all or nothing, and leaves the cursor alone: for events that come by themselves, and
    /// from many writers at once. Returns how many were new; the others were dropped because the source had their id
    /// before. When it returns, they outlive a crash.
    async fn append(&self, source: &str, events: &[NewEvent]) -> Result<usize>;

    /// Returns the cursor of the source; `None` before the first commit.
    async fn cursor(&self, source: &str) -> Result<Option<(Revision, Bytes)>>;

    /// Reads the first `limit` events that the consumer has not acknowledged, in order. They come again until it does.
    ///
    /// A consumer exists from its first read on, or since it [joined](EventLog::join), and from then on no event is dropped before it has
    /// acknowledged it. One that has not joined begins with the oldest event that is still kept.
    async fn read(&self, source: &str, consumer: &str, limit: usize) -> Result<Vec<StoredEvent>>;

    /// Reads the first `limit` events after this sequence that are still kept, in order, without being a consumer: it
    /// holds nothing back and acknowledges nothing. A source that does not exist has none.
    async fn page(&self, source: &str, after: u64, limit: usize) -> Result<Vec<StoredEvent>>;

    /// Adds a consumer, which holds back what comes after `start`. One that exists stays where it is. Nothing is dropped
    /// by it: what no consumer needs is dropped with the next acknowledgement.
    ///
    /// # Errors
    /// `conflict` when `start` is after a sequence that was not given out yet, and there is no such consumer.
    async fn join(&self, source: &str, consumer: &str, start: Start) -> Result<()>;

    /// Acknowledges everything up to this sequence for the consumer. Events that every consumer of the source has
    /// acknowledged are dropped; their ids are remembered.
    ///
    /// # Errors
    /// `conflict` when the consumer has not read from the source, and has not joined it, or the sequence was not given
    /// out yet.
    async fn ack(&self, source: &str, consumer: &str, up_to: u64) -> Result<()>;

    /// Acknowledges for the consumer what was committed longer than `age` ago, on the engine's clock, and what comes
    /// before the first event that is younger. An event of a time that has not come yet holds nothing back: the clock
    /// was ahead, and has been put right.
    ///
    /// # Errors
    /// `conflict` when the consumer has not read from the source, and has not joined it.
    async fn ack_older(&self, source: &str, consumer: &str, age: Duration) -> Result<()>;

    /// Returns how many events the consumer has not acknowledged, and how old the oldest of them is. One that does not
    /// exist would begin with the oldest event that is kept.
    async fn lag(&self, source: &str, consumer: &str) -> Result<Lag>;

    /// Removes the consumer, which holds no event back any more. Returns whether there was one.
    async fn leave(&self, source: &str, consumer: &str) -> Result<bool>;

    /// Renames the source, which keeps all that it has. Returns whether it did: not where there is no such source, and
    /// not where the other name has one already.
    async fn rename(&self, source: &str, name: &str) -> Result<bool>;

    /// Removes the source with its cursor, events, consumers and remembered ids.
    async fn forget(&self, source: &str) -> Result<()>;
}
