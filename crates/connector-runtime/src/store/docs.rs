//! Documents that are changed by compare-and-set, and locks.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which version of a document or cursor it is.
///
/// Only the engine makes new ones. A revision is never used twice, not even after the document was
/// removed and made again, so that a late writer cannot mistake the new one for the one it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// For engines: the revision with this number.
    pub const fn new(number: u64) -> Revision {
        Revision(number)
    }
    /// Its number. Later revisions of one store have larger numbers; nothing else may be read from it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doc {
    /// What a writer must name to replace it.
    pub revision: Revision,
    /// Its content. The engine does not look into it.
    pub bytes: Bytes,
}

/// A document that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Its kind.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// The revision that it must have; `None`: there must be none.
    pub expected: Option<Revision>,
    /// Its new content.
    pub bytes: Bytes,
}

/// A lock that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// What is locked.
    pub key: String,
    /// Who holds it.
    pub owner: String,
    /// Rises with every holder of any lock. A resource that remembers the highest one it has seen can refuse a late
    /// holder.
    pub fence: u64,
    /// When it ends by itself, on the engine's clock. To be shown; a holder counts its own time from before it asked.
    pub until: Timestamp,
}

/// Documents by kind and key, and locks.
#[async_trait]
pub trait Docs: Send + Sync {
    /// The document as it is now, with everything that was answered before; `None` when there is none.
    async fn get(&self, kind: &str, key: &str) -> Result<Option<Doc>>;

    /// The revision of the document as it is now: what [`Docs::get`] would say, without its content.
    async fn revision(&self, kind: &str, key: &str) -> Result<Option<Revision>> {
        Ok(self.get(kind, key).await?.map(|doc| doc.revision))
    }

    /// Writes the document if it is still at `expected` (`None`: if there is none), and answers with its
    /// new revision. When it answers, the document outlives a crash.
    ///
    /// # Errors
    /// `conflict` when it is at another revision; nothing is changed then.
    async fn put(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision>;

    /// Makes sure of room for a few documents, so that [`Docs::put_reserved`] succeeds although the disk fills
    /// up meanwhile. An engine that has no disk, or cannot know, has nothing to do.
    ///
    /// # Errors
    /// `unavailable` when there is no room.
    async fn reserve(&self) -> Result<()> {
        Ok(())
    }

    /// As [`Docs::put`], and uses the room that [`Docs::reserve`] has made sure of where it has to.
    ///
    /// # Errors
    /// As [`Docs::put`].
    async fn put_reserved(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        self.put(kind, key, expected, bytes).await
    }

    /// Writes all of these documents or none, each as [`Docs::put`] does, and answers with their new
    /// revisions. A crash at any moment leaves all of them or none.
    ///
    /// # Errors
    /// `conflict` when one of them is at another revision; nothing is changed then.
    async fn put_all(&self, documents: Vec<Put>) -> Result<Vec<Revision>>;

    /// Removes the document if it is still at `expected`.
    ///
    /// # Errors
    /// `conflict` when it is at another revision, or gone.
    async fn remove(&self, kind: &str, key: &str, expected: Revision) -> Result<()>;

    /// The first `limit` documents of a kind whose key begins with `prefix` and comes after `after`, by
    /// the bytes of the key. To go on, pass the last key as `after`: what stays there all the while is
    /// seen exactly once, what comes or goes meanwhile at most once.
    async fn list(&self, kind: &str, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Doc)>>;

    /// The kinds that begin with `prefix` and have a document, in order.
    async fn kinds(&self, prefix: &str) -> Result<Vec<String>>;

    /// Takes the lock for `ttl`, or answers `None` when somebody holds it. Locks are apart from
    /// documents: a lock on a key needs no document there.
    ///
    /// Nobody is let in twice: a second call with the same owner gets `None` too. So an owner should
    /// name one attempt (process and a random part), not a program.
    ///
    /// A lock ends with its time. It ends earlier when its holder is known to have ended: where the engine can
    /// tell that, a lock is free with the end of the process, or of the engine's last clone, that took it. And it is
    /// over when it was taken at a time that has not come yet: the clock was ahead, and has been put right.
    ///
    /// A lock keeps others away for a while; it does not stop a holder that was frozen and wakes up
    /// late. What protects the data is the revision in [`Docs::put`].
    async fn lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<Option<Lock>>;

    /// Holds the lock for another `ttl` from now, if nobody else has taken it meanwhile.
    ///
    /// # Errors
    /// `conflict` when `owner` does not hold it any more.
    async fn renew(&self, key: &str, owner: &str, ttl: Duration) -> Result<Lock>;

    /// Gives the lock back. Answers whether `owner` had it; another's lock is left alone.
    async fn unlock(&self, key: &str, owner: &str) -> Result<bool>;
}
