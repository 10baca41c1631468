//! Reads: each on a snapshot of its own, beside the writer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_sdk::{Error, Result};
use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::clock::{Clock, Millis};
use super::fail::{StoreName, StoreResult, stopped};
use super::schema;
use super::writer::Writer;

/// Maximum number of concurrent reads. They are short, so that a few at once keep a machine's cores busy.
const AT_ONCE: usize = 4;

/// A small pool of connections that only read. Until one is needed beside the writer's, that one serves.
pub(super) struct Readers {
    pool: Arc<Pool>,
    permits: Arc<Semaphore>,
}

struct Pool {
    path: PathBuf,
    patience: Duration,
    name: StoreName,
    idle: Mutex<Vec<Connection>>,
    writer: Arc<Writer>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, patience: Duration, name: StoreName, writer: Arc<Writer>) -> Readers {
        let pool = Arc::new(Pool { path, patience, name, idle: Mutex::default(), writer });
        Readers { pool, permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    pub(super) async fn run<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, Millis) -> StoreResult<T> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| stopped(&self.pool.name))?;
        let pool = Arc::clone(&self.pool);
        let ran = spawn_blocking(move || {
            let done = pool.run(work).map_err(|fail| fail.named(&pool.name));
            drop(permit);
            done
        });
        match ran.await {
            Ok(done) => done,
            Err(join) if join.is_panic() => Err(Error::bug(format!("a read of the store {} panicked", self.pool.name))),
            Err(_) => Err(stopped(&self.pool.name)),
        }
    }
}

impl Pool {
    fn run<T>(&self, work: impl FnOnce(&Connection, Millis) -> StoreResult<T>) -> StoreResult<T> {
        let now = Clock::machine().now();
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => match self.writer.idle() {
                Some(connection) => return work(&connection, now),
                None => schema::open_reader(&self.path, self.patience)?,
            },
        };
        let done = work(&connection, now);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        done
    }
}
