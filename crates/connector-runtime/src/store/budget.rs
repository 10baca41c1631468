//! Rate budgets: a maximum number in a window.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::Result;

/// Result of taking from a [`RateBudget`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Take {
    /// It was taken: continue.
    Granted,
    /// Nothing was taken. Try again after this time, not before.
    Wait(Duration),
}

/// Share of a limit that a holder has for a while; see [`RateBudget::lease`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Share {
    /// Number that the holder may use at once. Zero: it waits, and is in the queue of those who do.
    pub granted: u32,
    /// Whether another holder waits for what this one could spare: use less, then ask for less.
    pub contended: bool,
    /// Time for which nobody may use the limit.
    pub paused: Option<Duration>,
}

/// Rate budgets that all callers share: never more than a maximum in a window, and never more than a maximum at once.
#[async_trait]
pub trait RateBudget: Send + Sync {
    /// Takes `n` from the budget `key`, all or none. The budget allows `limit` in any window of length `window`:
    /// with a window of a minute, not only from one full minute to the next, but in every minute that can be cut out.
    ///
    /// `limit` and `window` come with each call, because they are learned from answers; the call's own
    /// count. What was taken before is remembered for the window it was taken with.
    ///
    /// # Errors
    /// `invalid_input` when `n` is larger than `limit`: it could wait for ever.
    async fn take(&self, key: &str, n: u32, limit: u32, window: Duration) -> Result<Take>;

    /// Returns whether no other process can open the store, so that a limit needs no lease: the process knows all who
    /// use it.
    fn is_local(&self) -> bool {
        false
    }

    /// Leases a share of what may be used at once of `key`, or renews it: up to `want`, for `ttl` from now. All leases
    /// of a key that have not ended add up to `limit` at most.
    ///
    /// Who is alone gets all that it wants. Where others want more than there is, nobody grows beyond its fair part
    /// (`limit` by the number of holders, at least 1), and what becomes free goes first to whoever has waited longest
    /// with nothing. A renewal takes nothing away from its holder, because that may be using it; it says `contended`,
    /// and the holder asks for less as soon as it uses less. A holder with a single one is told so only where there
    /// are more holders than `limit`.
    ///
    /// A lease ends with its time, so that one of a process that was killed is free then. Its holder counts the time
    /// from before it asked. `want` of 0 is [`RateBudget::end_lease`]. A lease that was taken at a time that has not
    /// come yet is over: the clock was ahead, and has been put right.
    async fn lease(&self, key: &str, holder: &str, want: u32, limit: u32, ttl: Duration) -> Result<Share>;

    /// Ends the lease of the holder, and its wait. There need not be one.
    async fn end_lease(&self, key: &str, holder: &str) -> Result<()>;

    /// Reports to every holder of a lease that nobody may use `key` for this time from now, or for the time that
    /// somebody else named, if that ends later.
    async fn pause(&self, key: &str, time: Duration) -> Result<()>;
}
