//! What the polls of watches have shown to this process, from one poll to the next.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::WatchId;
use crate::listen::PollsSeen;

/// What is known of one watch.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) polls: PollsSeen,
    /// Time at which the last poll began.
    pub(super) began: Option<Instant>,
    /// Number of polls in a row after which the changes did not seem to end.
    pub(super) stuck: u32,
}

/// What the polls of watches have shown. A process that takes over a watch begins without it, and loses nothing.
#[derive(Default)]
pub(crate) struct Polls(Mutex<HashMap<WatchId, Seen>>);

impl Polls {
    /// Takes out what is known of a watch. Nobody else polls it meanwhile.
    pub(super) fn take(&self, id: &WatchId) -> Seen {
        self.entries().remove(id).unwrap_or_default()
    }

    /// Puts back what is known of a watch.
    pub(super) fn keep(&self, id: &WatchId, seen: Seen) {
        self.entries().insert(id.clone(), seen);
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<WatchId, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
