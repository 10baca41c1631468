//! A process's turn to renew: the lock in the store, released however the turn ends.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use connector_sdk::Result;
use tokio::runtime::Builder;
use tokio::time::Instant;

use super::source::TokenSource;
use crate::store::owner;

/// Time to live of the lock: longer than what is done under it, so that it never ends in between.
pub(super) const LOCK: Duration = Duration::from_secs(60);
/// The held lock on a connection.
pub(super) struct Turn {
    source: Arc<TokenSource>,
    owner: String,
    until: Instant,
    ended: bool,
}

impl Turn {
    /// Takes the lock; `None` when somebody else has it.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn take(source: &Arc<TokenSource>, until: Instant) -> Result<Option<Turn>> {
        let owner = owner()?;
        // Held before it is known to be: whoever is stopped in between gives it back too.
        let mut turn = Turn { source: source.clone(), owner, until, ended: false };
        let taken = source.ways.store.lock(&source.lock(), &turn.owner, LOCK).await;
        if !matches!(taken, Ok(Some(_))) {
            turn.ended = true;
        }
        Ok(taken?.map(|_| turn))
    }

    /// Releases the lock.
    pub(super) async fn end(mut self) {
        self.give_back().await;
        self.ended = true;
    }

    async fn give_back(&self) {
        // A lock that cannot be given back ends by itself.
        if let Err(error) = self.source.ways.store.unlock(&self.source.lock(), &self.owner).await {
            tracing::warn!(connection = self.source.name, %error, "a lock was not given back");
        }
    }
}

/// Finishes what must still be done when the task was stopped, as a runtime that ends stops it: on a thread of its own,
/// with a runtime of its own, and the end of the other one waits for it.
impl Drop for Turn {
    fn drop(&mut self) {
        if self.ended || Instant::now() >= self.until {
            return;
        }
        self.ended = true;
        let turn = Turn { source: self.source.clone(), owner: self.owner.clone(), until: self.until, ended: true };
        let last = thread::Builder::new().spawn(move || {
            let Ok(runtime) = Builder::new_current_thread().enable_time().build() else { return };
            runtime.block_on(async {
                turn.source.save_left_over().await;
                turn.give_back().await;
            });
        });
        if let Ok(last) = last {
            let _ = last.join();
        }
    }
}
