//! Durable timers, each worked on by one holder at a time.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use jiff::Timestamp;

/// The right to work on one task for a while.
///
/// It is good as long as nobody else was given the task. A holder that was frozen and comes back late
/// finds every call with its lease refused: the epoch has moved on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Key of the task.
    pub key: String,
    /// Payload that the task was scheduled with.
    pub payload: Bytes,
    /// Owner of the lease.
    pub owner: String,
    /// Epoch, which rises with every claim, and is never used twice for a key.
    pub epoch: u64,
    /// Number of claims in a row that have not been completed, this one included. 1 is the first.
    pub attempt: u32,
    /// Time to live of the lease, from the claim and from each heartbeat.
    pub ttl: Duration,
    /// Time at which the lease ends without a heartbeat, on the engine's clock. For display.
    pub until: Timestamp,
}

/// Durable timers, one for each key, each with one live holder.
#[async_trait]
pub trait TaskQueue: Send + Sync {
    /// Creates or replaces the task: due `after` this time from now. While somebody holds it, the holder is not
    /// disturbed, and the task is due again at that time or earlier.
    async fn schedule(&self, key: &str, after: Duration, payload: Bytes) -> Result<()>;

    /// Makes an existing task due now; it is never put off. While somebody holds it, it is due again as soon as it is
    /// completed, so that a wake is not lost. Returns whether there is such a task.
    async fn wake(&self, key: &str) -> Result<bool>;

    /// Removes the task, whoever holds it. Returns whether there was one.
    async fn cancel(&self, key: &str) -> Result<bool>;

    /// Claims up to `limit` tasks whose key begins with `prefix` and that are due, the longest due first, or whose
    /// holder has let its lease run out. What was scheduled, or held, at a time that has not come yet is due as well:
    /// the clock was ahead, and has been put right. Each is now held by `owner` for `ttl`, and by nobody else.
    async fn claim(&self, prefix: &str, owner: &str, ttl: Duration, limit: usize) -> Result<Vec<Lease>>;

    /// Returns the time until [`TaskQueue::claim`] with this prefix can have something, if nobody calls in between; `None`
    /// when there is no such task. A worker sleeps that long, and no longer than it wants to be deaf to other
    /// processes.
    async fn next_due(&self, prefix: &str) -> Result<Option<Duration>>;

    /// Extends the lease for another `ttl` from now.
    ///
    /// # Errors
    /// `conflict` when the lease is not good any more: stop working.
    async fn heartbeat(&self, lease: &Lease) -> Result<()>;

    /// Completes the work. The task is due again after `next`, or earlier when it was woken or scheduled meanwhile.
    /// With `None` and no wake it ends.
    ///
    /// # Errors
    /// `conflict` when the lease is not good any more; nothing is changed then.
    async fn complete(&self, lease: &Lease, next: Option<Duration>) -> Result<()>;

    /// Releases the task after the work failed: it is due again after `retry`. Without this call, one error would cost
    /// the rest of the lease. `retry` is kept even if the task was woken meanwhile, because the other side may have
    /// named that time.
    ///
    /// # Errors
    /// `conflict` when the lease is not good any more; nothing is changed then.
    async fn release(&self, lease: &Lease, retry: Duration) -> Result<()>;
}
