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

/// Rate budgets that all callers share: never more than a maximum in a window.
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
}
