//! Events of sources, committed together with the cursor that they were found with.

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;

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

    /// Returns the cursor of the source; `None` before the first commit.
    async fn cursor(&self, source: &str) -> Result<Option<(Revision, Bytes)>>;

    /// Reads the first `limit` events that the consumer has not acknowledged, in order. They come again until it does.
    ///
    /// A consumer exists from its first read on, and from then on no event is dropped before it has
    /// acknowledged it. It begins with the oldest event that is still kept.
    async fn read(&self, source: &str, consumer: &str, limit: usize) -> Result<Vec<StoredEvent>>;

    /// Acknowledges everything up to this sequence for the consumer. Events that every consumer of the source has
    /// acknowledged are dropped; their ids are remembered.
    ///
    /// # Errors
    /// `conflict` when the consumer has not read from the source, or the sequence was not given out yet.
    async fn ack(&self, source: &str, consumer: &str, up_to: u64) -> Result<()>;

    /// Removes the consumer, which holds no event back any more. Returns whether there was one.
    async fn leave(&self, source: &str, consumer: &str) -> Result<bool>;

    /// Renames the source, which keeps all that it has. Returns whether it did: not where there is no such source, and
    /// not where the other name has one already.
    async fn rename(&self, source: &str, name: &str) -> Result<bool>;

    /// Removes the source with its cursor, events, consumers and remembered ids.
    async fn forget(&self, source: &str) -> Result<()>;
}
