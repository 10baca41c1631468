//! One task that is worked on: its lease is kept alive, and its end is told.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, Result, Retry};
use tokio::sync::watch;

use super::{Job, Next};
use crate::host::Host;
use crate::store::Lease;

/// Pause after a first failure; it doubles with each further one.
const PAUSE: Duration = Duration::from_secs(5);
/// Number of failures after which the pause does not grow any more.
const GROWTH: u32 = 6;

/// A task that is worked on.
pub(super) struct RunningJob {
    pub(super) host: Host,
    pub(super) job: Arc<dyn Job>,
    pub(super) lease: Lease,
}

impl RunningJob {
    /// Works on the task until it ends, its lease is lost, or `stopped` turns true.
    pub(super) async fn run(self, mut stopped: watch::Receiver<bool>) {
        let next = tokio::select! {
            next = self.job.run(&self.host, &self.lease) => next,
            error = self.keep_alive() => {
                tracing::warn!(task = self.lease.key, %error, "a task was lost; another worker has it");
                return;
            }
            _ = stopped.wait_for(|stopped| *stopped) => Ok(Next::Retry(Duration::ZERO)),
        };
        let next = next.unwrap_or_else(|error| {
            let pause = pause(self.lease.attempt);
            let pause = match error.retryability() {
                Retry::After(after) => after.max(pause),
                _ => pause,
            };
            tracing::warn!(task = self.lease.key, %error, pause_seconds = pause.as_secs(), "a task failed and will be repeated");
            Next::Retry(pause)
        });
        if let Err(error) = self.end(next).await {
            // Whoever claims it next does the work again, which is fenced.
            tracing::warn!(task = self.lease.key, %error, "the end of a task could not be stored");
        }
    }

    async fn end(&self, next: Next) -> Result<()> {
        let store = &self.host.0.store;
        match next {
            Next::After(pause) => store.complete(&self.lease, Some(pause)).await,
            Next::Retry(pause) => store.release(&self.lease, pause).await,
            Next::Done => store.complete(&self.lease, None).await,
        }
    }

    // Returns when the lease is lost.
    async fn keep_alive(&self) -> connector_sdk::Error {
        loop {
            tokio::time::sleep(self.lease.ttl / 4).await;
            match self.host.0.store.heartbeat(&self.lease).await {
                Err(error) if error.code() == Code::Conflict => return error,
                // The store may answer again before the lease ends; if not, the work is fenced.
                Err(error) => tracing::warn!(task = self.lease.key, %error, "a lease could not be extended"),
                Ok(()) => {}
            }
        }
    }
}

/// Returns the pause after so many tries.
pub(crate) fn pause(attempt: u32) -> Duration {
    PAUSE * 2_u32.pow(attempt.saturating_sub(1).min(GROWTH))
}
