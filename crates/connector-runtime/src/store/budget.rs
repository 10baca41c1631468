//! So many in a window.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::Result;

/// The answer of a [`Budget`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Take {
    /// Taken: go on.
    Granted,
    /// Nothing was taken. It is worth asking again after this time, not before.
    Wait(Duration),
}

/// Never more than so many in a window, whoever asks.
#[async_trait]
pub trait Budget: Send + Sync {
    /// Takes `n` from the budget `key`, which lets `limit` through in any time of length `window`: not
    /// only from one full minute to the next, but in every minute that can be cut out. All `n` or none.
    ///
    /// `limit` and `window` come with each call, because they are learned from answers; the call's own
    /// count. What was taken before is remembered for the window it was taken with.
    ///
    /// # Errors
    /// `invalid_input` when `n` is larger than `limit`: it could wait for ever.
    async fn take(&self, key: &str, n: u32, limit: u32, window: Duration) -> Result<Take>;
}
