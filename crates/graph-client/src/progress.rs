//! What a long run reports while it runs.

use std::time::Duration;

/// Hears how a run is getting on. Calls are frequent and must be cheap.
pub trait Progress: Send + Sync {
    /// One step forward.
    fn step(&self, step: Step<'_>);
}

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// So many items were handed out so far.
    Items(u64),
    /// So many bytes of an upload are stored, of so many in all.
    Uploaded(u64, u64),
    /// So many bytes of a download are here, of so many if that is known.
    Downloaded(u64, Option<u64>),
    /// So many of the run's requests are answered, of so many that are known of so far.
    Requests(u64, u64),
    /// A request waits before it is sent again.
    Waiting {
        /// How long.
        time: Duration,
        /// Why, in a few words.
        why: &'a str,
    },
}

/// Nobody listens.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _: Step<'_>) {}
}
