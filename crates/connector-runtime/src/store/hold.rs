//! Locks with a heartbeat.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_sdk::{Code, Result};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::{Store, owner};

/// Number of heartbeats within the time to live of a lock.
const BEATS: u32 = 6;

/// Pause between two tries to give a lock back.
const RETRY: Duration = Duration::from_secs(1);

/// A lock with a heartbeat of its own: whatever its holder waits for meanwhile, it stays held. When it is dropped, the
/// heartbeat ends and the lock is released.
pub(crate) struct Hold {
    lock: Arc<HeldLock>,
    heart: JoinHandle<()>,
}

struct HeldLock {
    store: Arc<dyn Store>,
    key: String,
    owner: String,
    ttl: Duration,
    lost: AtomicBool,
    // Since when it is certainly held: from before the store was asked, as the engine's clock runs on meanwhile.
    since: Mutex<Instant>,
}

impl Hold {
    /// Takes the lock; `None` when somebody has it. `ttl` is the time by which it outlives a holder whose end cannot be
    /// detected.
    pub(crate) async fn take(store: Arc<dyn Store>, key: String, ttl: Duration) -> Result<Option<Hold>> {
        let (owner, since) = (owner()?, Instant::now());
        if store.lock(&key, &owner, ttl).await?.is_none() {
            return Ok(None);
        }
        let lock =
            Arc::new(HeldLock { store, key, owner, ttl, lost: AtomicBool::new(false), since: Mutex::new(since) });
        let heart = tokio::spawn(beat(lock.clone()));
        Ok(Some(Hold { lock, heart }))
    }

    /// Returns whether the lock is still held. Asks the store only where the heartbeat was late.
    pub(crate) async fn is_held(&self) -> Result<bool> {
        if self.lock.since().elapsed() > self.lock.ttl / 2 {
            self.lock.renew().await?;
        }
        Ok(!self.lock.lost.load(Ordering::Acquire))
    }

    /// Releases the lock.
    pub(crate) async fn end(&self) -> Result<()> {
        self.heart.abort();
        // Once is enough: what is dropped later finds nothing to do.
        self.lock.lost.store(true, Ordering::Release);
        let released = self.lock.store.unlock(&self.lock.key, &self.lock.owner).await;
        if released.is_err() {
            tokio::spawn(release(self.lock.clone()));
        }
        released.map(|_| ())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.heart.abort();
        // Where no runtime is left to give it back, it ends with its time, or is seen to be a dead process's.
        if !self.lock.lost.load(Ordering::Acquire)
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(release(self.lock.clone()));
        }
    }
}

impl HeldLock {
    fn since(&self) -> Instant {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn renew(&self) -> Result<()> {
        let now = Instant::now();
        match self.store.renew(&self.key, &self.owner, self.ttl).await {
            Ok(_) => *self.since.lock().unwrap_or_else(PoisonError::into_inner) = now,
            Err(error) if error.code() == Code::Conflict => self.lost.store(true, Ordering::Release),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

// On a full disk it cannot be given back at once; whoever waits for it shall not wait until it has ended by itself.
async fn release(lock: Arc<HeldLock>) {
    while let Err(error) = lock.store.unlock(&lock.key, &lock.owner).await {
        if lock.since().elapsed() > lock.ttl {
            tracing::debug!(lock = lock.key, %error, "a lock was not given back");
            return;
        }
        sleep(RETRY).await;
    }
}

async fn beat(lock: Arc<HeldLock>) {
    while !lock.lost.load(Ordering::Acquire) {
        sleep(lock.ttl / BEATS).await;
        if let Err(error) = lock.renew().await {
            tracing::warn!(lock = lock.key, %error, "a lock could not be renewed and will be renewed again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Sqlite;

    #[tokio::test]
    async fn it_stays_held_while_its_holder_waits_longer_than_the_lock_lasts() {
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().unwrap());
        let take = || Hold::take(store.clone(), "a".to_owned(), Duration::from_secs(3));
        let hold = take().await.unwrap().expect("it is free");
        let until = Instant::now() + Duration::from_secs(7);
        while Instant::now() < until {
            assert!(take().await.unwrap().is_none());
            sleep(Duration::from_millis(50)).await;
        }
        assert!(hold.is_held().await.unwrap());
        hold.end().await.unwrap();
        drop(take().await.unwrap().expect("it is free at once"));
    }

    #[tokio::test]
    async fn who_has_lost_it_learns_of_it() {
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().unwrap());
        let hold =
            Hold::take(store.clone(), "a".to_owned(), Duration::from_secs(3600)).await.unwrap().expect("it is free");
        assert!(store.unlock("a", &hold.lock.owner).await.unwrap());
        store.lock("a", "another", Duration::from_secs(3600)).await.unwrap().expect("it is free");
        hold.lock.renew().await.unwrap();
        assert!(!hold.is_held().await.unwrap());
        drop(hold);
        assert!(store.renew("a", "another", Duration::from_secs(1)).await.is_ok(), "another's is left alone");
    }
}
