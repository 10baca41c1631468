//! Progress reports of a run.

use std::time::Duration;

/// A listener for the progress of a run. Calls are frequent and must be cheap.
pub trait Progress: Send + Sync {
    /// Reports an event.
    fn step(&self, step: ProgressEvent<'_>);
}

/// A progress event of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgressEvent<'a> {
    /// Number of items that were emitted so far.
    Items(u64),
    /// Bytes of an upload that are stored, of the total.
    Uploaded(u64, u64),
    /// Bytes of a download that have arrived, of the total if it is known.
    Downloaded(u64, Option<u64>),
    /// Number of the run's requests that were answered, of those that are known so far.
    Requests(u64, u64),
    /// A request waits before it is sent again.
    Waiting {
        /// Length of the wait.
        time: Duration,
        /// Reason for the wait, in a few words.
        why: &'a str,
    },
}

/// A listener that ignores all events.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn step(&self, _: ProgressEvent<'_>) {}
}
