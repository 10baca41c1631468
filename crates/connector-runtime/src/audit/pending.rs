//! Entries that are written in batches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::{AuditEntry, Store};

/// Time that an entry waits for others.
const PAUSE: Duration = Duration::from_millis(500);
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
                pending.flush().await;
            });
        }
    }

    /// Writes the entries that wait. Where the store fails, they are lost, and that is traced.
    pub(super) async fn flush(&self) {
        let _writing = self.writing.lock().await;
        let Waiting { entries, lost, .. } = std::mem::take(&mut *self.waiting());
        if lost > 0 {
            tracing::warn!(lost, "entries of the audit log were lost: the store is too slow");
        }
        if entries.is_empty() {
            return;
        }
        if let Err(error) = self.store.record(&entries).await {
            tracing::warn!(lost = entries.len(), %error, "entries of the audit log were lost");
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
