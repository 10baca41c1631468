//! Documents that are changed by compare-and-set, and locks.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Revision of a document or cursor.
///
/// Only the engine makes new ones. A revision is never used twice, not even after the document was
/// removed and made again, so that a late writer cannot mistake the new one for the one it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// Creates the revision with this number; for engines.
    pub const fn new(number: u64) -> Revision {
        Revision(number)
    }
    /// Returns the number. Later revisions of one store have larger numbers; nothing else may be read from it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doc {
    /// Revision that a writer must name to replace the document.
    pub revision: Revision,
    /// Content of the document, opaque to the engine.
    pub bytes: Bytes,
}

/// A document that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Kind of the document.
    pub kind: String,
    /// Key of the document.
    pub key: String,
    /// Revision that the document must have; `None`: there must be none.
    pub expected: Option<Revision>,
    /// New content of the document.
    pub bytes: Bytes,
}

/// A lock that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Key of the lock.
    pub key: String,
    /// Owner of the lock.
    pub owner: String,
    /// Fence, which rises with every holder of any lock. A resource that remembers the highest one it has seen can
    /// refuse a late holder.
    pub fence: u64,
    /// Time at which the lock ends by itself, on the engine's clock. For display; a holder counts its own time from
    /// before it asked.
    pub until: Timestamp,
}

/// Documents by kind and key, and locks.
///
/// ```
/// use connector_runtime::store::{DocumentStore, Sqlite};
/// use connector_sdk::Code;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> connector_sdk::Result<()> {
/// let store = Sqlite::in_memory()?;
/// let first = store.put("note", "lunch", None, "at noon".into()).await?;
/// store.put("note", "lunch", Some(first), "at one".into()).await?;
/// let late = store.put("note", "lunch", Some(first), "at two".into()).await.unwrap_err();
/// assert_eq!(late.code(), Code::Conflict);
/// assert_eq!(store.get("note", "lunch").await?.unwrap().bytes, "at one");
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait DocumentStore: Send + Sync {
    /// Returns the document as it is now, with every write that was confirmed before; `None` when there is none.
    async fn get(&self, kind: &str, key: &str) -> Result<Option<Doc>>;

    /// Returns the revision of the document as it is now: that of [`DocumentStore::get`], without the content.
    async fn revision(&self, kind: &str, key: &str) -> Result<Option<Revision>> {
        Ok(self.get(kind, key).await?.map(|doc| doc.revision))
    }

    /// Writes the document if it is still at `expected` (`None`: if there is none), and returns its new revision. When
    /// it returns, the document outlives a crash.
    ///
    /// # Errors
    /// `conflict` when it is at another revision; nothing is changed then.
    async fn put(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision>;

    /// Reserves room for a few documents, so that [`DocumentStore::put_reserved`] succeeds although the disk fills up meanwhile.
    /// An engine that has no disk, or cannot know, has nothing to do.
    ///
    /// # Errors
    /// `unavailable` when there is no room.
    async fn reserve(&self) -> Result<()> {
        Ok(())
    }

    /// Writes the document as [`DocumentStore::put`] does, and uses the room that [`DocumentStore::reserve`] has reserved where it has
    /// to.
    ///
    /// # Errors
    /// As [`DocumentStore::put`].
    async fn put_reserved(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        self.put(kind, key, expected, bytes).await
    }

    /// Writes all of these documents or none, each as [`DocumentStore::put`] does, and returns their new revisions. A crash at
    /// any moment leaves all of them or none.
    ///
    /// # Errors
    /// `conflict` when one of them is at another revision; nothing is changed then.
    async fn put_all(&self, documents: Vec<Put>) -> Result<Vec<Revision>>;

    /// Removes the document if it is still at `expected`.
    ///
    /// # Errors
    /// `conflict` when it is at another revision, or gone.
    async fn remove(&self, kind: &str, key: &str, expected: Revision) -> Result<()>;

    /// Lists the first `limit` documents of a kind whose key begins with `prefix` and comes after `after`, by the bytes
    /// of the key. To continue, pass the last key as `after`: what stays there all the while is seen exactly once, what
    /// comes or goes meanwhile at most once.
    async fn list(&self, kind: &str, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Doc)>>;

    /// Returns the number of documents of a kind whose key begins with `prefix`.
    async fn count(&self, kind: &str, prefix: &str) -> Result<u64>;

    /// Returns the kinds that begin with `prefix` and have a document, in order.
    async fn kinds(&self, prefix: &str) -> Result<Vec<String>>;

    /// Takes the lock for `ttl`, or returns `None` when somebody holds it. Locks are apart from documents: a lock on a
    /// key needs no document there.
    ///
    /// Nobody is let in twice: a second call with the same owner gets `None` too. So an owner should
    /// name one attempt (process and a random part), not a program.
    ///
    /// A lock ends with its time. It ends earlier when its holder is known to have ended: where the engine can
    /// tell that, a lock is free with the end of the process, or of the engine's last clone, that took it. And it is
    /// over when it was taken at a time that has not come yet: the clock was ahead, and has been put right.
    ///
    /// A lock keeps others away for a while; it does not stop a holder that was frozen and wakes up
    /// late. What protects the data is the revision in [`DocumentStore::put`].
    async fn lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<Option<Lock>>;

    /// Extends the lock for another `ttl` from now, if nobody else has taken it meanwhile.
    ///
    /// # Errors
    /// `conflict` when `owner` does not hold it any more.
    async fn renew(&self, key: &str, owner: &str, ttl: Duration) -> Result<Lock>;

    /// Releases the lock. Returns whether `owner` had it; another's lock is left alone.
    async fn unlock(&self, key: &str, owner: &str) -> Result<bool>;
}
