//! Limits that protect the process, and the retry policy.

use std::time::Duration;

/// Maximum size of an error's body, in bytes. Graph's take a few kilobytes; of a larger one only the status counts.
pub(crate) const ERROR_BODY: usize = 1 << 20;

/// Limits of a [`Client`](crate::Client).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum size of a response that is read whole, in bytes; the default is 64 MiB.
    ///
    /// Graph's pages and batch answers stay under a few megabytes. Whatever is larger is a file and
    /// belongs into a download, which has no limit because it passes in pieces.
    pub answer: usize,
    /// Time limit of one attempt when its request sets none; the default is 100 seconds.
    ///
    /// Graph's own gateway gives up earlier, so only a connection that has gone silent takes longer. With the usual
    /// [`RetryPolicy`] a request to a server that stays silent ends after seven minutes, also without a deadline.
    pub one_try: Duration,
    /// Maximum time that the body of a download may be silent; the default is 60 seconds.
    pub silence: Duration,
    /// Minimum speed of a download's body, in bytes per second; the default is 1,024, and 0 means no minimum.
    ///
    /// It is measured over each time of `silence`, as far as the download waited for the other side. A slower one is
    /// broken off and resumed; where that was so as often in a row as [`RetryPolicy::tries`] says, it ends as
    /// `unavailable`.
    pub low_speed: u64,
}

impl Limits {
    /// Returns the number of bytes of a download that must come within `silence`.
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

/// Retry policy for failed attempts, where the request has no rule of its own.
///
/// ```
/// use std::time::Duration;
///
/// use graph_client::{Client, RetryPolicy, usual_transport};
///
/// let retries = RetryPolicy { tries: 2, patience: Duration::from_secs(10), ..RetryPolicy::default() };
/// assert_eq!(retries.cap, Duration::from_secs(30), "the rest is the default");
/// let client = Client::builder(usual_transport().unwrap()).retries(retries).build();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Maximum number of attempts, the first one included; the default is 4. At least one is made.
    pub tries: u32,
    /// Maximum delay before the second attempt, without `Retry-After`; it doubles with each attempt, and the delay is a
    /// random time up to it. The default is one second.
    pub base: Duration,
    /// Maximum of the doubled delay; the default is 30 seconds.
    pub cap: Duration,
    /// Maximum `Retry-After` that is waited for; the default is five minutes. With a longer one the call fails with
    /// `throttled` and says when to come back.
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
