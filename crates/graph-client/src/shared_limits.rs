//! Limits of Graph that several processes keep together.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::Result;

/// Lease on a part of a limit; see [`SharedLimits::lease`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotLease {
    /// Number of requests that may be in flight at once. Zero: others have all of it, and this client waits for its
    /// turn.
    pub slots: u32,
    /// Whether another client waits for what this one could spare: it is to use less, then to ask for less.
    pub contended: bool,
    /// Time for which nobody may send a request, because Graph asked another client to wait.
    pub paused: Option<Duration>,
    /// Duration of the lease, counted from before it was asked for.
    pub time: Duration,
}

/// Limits of Graph that are kept together by several clients, mostly in several processes: Graph counts the requests of
/// an app to a mailbox, not those of a process.
///
/// A client leases slots of a mailbox before its first request to it, as many as it has requests to send, renews the
/// lease while it is used, and gives it back when it is not. A request costs nothing. Where the limits cannot be
/// reached, a client goes by its own count.
///
/// A scope is a short name without personal data: a hash of the app, the tenant and the mailbox or service.
#[async_trait]
pub trait SharedLimits: Send + Sync {
    /// Leases up to `want` of the `limit` slots of a scope, or renews the lease. All leases of a scope that have not
    /// ended add up to `limit` at most.
    async fn lease(&self, scope: &str, want: u32, limit: u32) -> Result<SlotLease>;

    /// Gives the lease back. There need not be one.
    async fn release(&self, scope: &str) -> Result<()>;

    /// Reports that Graph asked this client to wait.
    async fn pause(&self, scope: &str, time: Duration) -> Result<()>;
}
