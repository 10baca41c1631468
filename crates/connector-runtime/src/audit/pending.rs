//! Entries that are written in batches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_sdk::Code;

use crate::store::{AuditEntry, Store};

/// Time that an entry waits for others.
const PAUSE: Duration = Duration::from_millis(500);
/// Pause before entries that could not be written are written again.
const RETRY: Duration = Duration::from_secs(2);
/// Maximum number of entries that wait. More come only where the store does not answer.
const MAX_WAITING: usize = 10_000;

/// Entries that wait to be written.
pub(super) struct Pending {
    store: Arc<dyn Store>,
    waiting: Mutex<Waiting>,
    // Who writes holds it, so that a flush waits for the writer that took the entries.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Waiting {
    entries: Vec<AuditEntry>,
    lost: u64,
    // Whether a task is going to write them.
    planned: bool,
}

impl Pending {
    pub(super) fn new(store: Arc<dyn Store>) -> Pending {
        Pending { store, waiting: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }

    pub(super) fn add(self: &Arc<Pending>, entry: AuditEntry) {
        let mut waiting = self.waiting();
        if waiting.entries.len() >= MAX_WAITING {
            waiting.lost += 1;
            return;
        }
        waiting.entries.push(entry);
        if !std::mem::replace(&mut waiting.planned, true) {
            let pending = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PAUSE).await;
                while !pending.flush().await {
                    tokio::time::sleep(RETRY).await;
                }
            });
        }
    }

    /// Writes the entries that wait, and returns whether none is left. Where the store cannot be written, such as on a
    /// full disk, they wait on.
    pub(super) async fn flush(&self) -> bool {
        let _writing = self.writing.lock().await;
        let Waiting { entries, lost, .. } = std::mem::take(&mut *self.waiting());
        if lost > 0 {
            tracing::warn!(lost, "entries of the audit log were lost: the store does not take them");
        }
        if entries.is_empty() {
            return true;
        }
        match self.store.record(&entries).await {
            Ok(_) => true,
            Err(error) if error.code() == Code::Unavailable => {
                tracing::warn!(waiting = entries.len(), %error, "entries of the audit log wait for the store");
                self.put_back(entries);
                false
            }
            Err(error) => {
                tracing::warn!(lost = entries.len(), %error, "entries of the audit log were lost");
                true
            }
        }
    }

    // In front of those that have come meanwhile. A task goes on with them: the one that has planned them.
    fn put_back(&self, mut entries: Vec<AuditEntry>) {
        let mut waiting = self.waiting();
        entries.append(&mut waiting.entries);
        let over = entries.len().saturating_sub(MAX_WAITING);
        entries.truncate(MAX_WAITING);
        waiting.entries = entries;
        waiting.lost += over as u64;
        waiting.planned = true;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
