//! Bounds that protect the process, and the rules of repetition.

use std::time::Duration;

/// The largest body of an error, in bytes. Graph's take a few kilobytes; of a larger one only the status counts.
pub(crate) const ERROR_BODY: usize = 1 << 20;

/// Bounds of a [`Client`](crate::Client).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest answer that is read whole, in bytes; 64 MiB unless changed.
    ///
    /// Graph's pages and batch answers stay under a few megabytes. Whatever is larger is a file and
    /// belongs into a download, which has no limit because it passes in pieces.
    pub answer: usize,
    /// How long one try may take when its request does not say; 100 seconds unless changed.
    ///
    /// Graph's own gateway gives up earlier, so only a connection that has gone silent takes longer. With the usual
    /// [`RetryPolicy`] a request to a server that stays silent ends after seven minutes, also without a deadline.
    pub one_try: Duration,
    /// How long the body of a download may be silent; 60 seconds unless changed.
    pub silence: Duration,
    /// How fast the body of a download must come, in bytes per second; 1,024 unless changed, 0 for no such bound.
    ///
    /// It is measured over each time of `silence`, as far as the download waited for the other side. A slower one is
    /// broken off and resumed; where that was so as often in a row as [`RetryPolicy::tries`] says, it ends as
    /// `unavailable`.
    pub low_speed: u64,
}

impl Limits {
    /// How many bytes of a download must come within `silence`.
    pub(crate) fn least(&self) -> u64 {
        self.low_speed.saturating_mul(self.silence.as_secs())
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            answer: 64 << 20,
            one_try: Duration::from_secs(100),
            silence: Duration::from_secs(60),
            low_speed: 1024,
        }
    }
}

/// How often and when a failed try is made again, where the request does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many tries in all; 4 unless changed. At least one is made.
    pub tries: u32,
    /// Without `Retry-After`, the wait before the second try is a random time up to this; it doubles
    /// with each try. One second unless changed.
    pub base: Duration,
    /// The bound of that doubling; 30 seconds unless changed.
    pub cap: Duration,
    /// A longer `Retry-After` is not waited for: the call fails with `throttled` and says when to come
    /// back. Five minutes unless changed.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            tries: 4,
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
            patience: Duration::from_secs(300),
        }
    }
}
