//! The embedded engine: one SQLite file, shared by the processes of one machine.
//!
//! ```text
//!  docs · tasks · log · budget · audit   what each promise means in SQL
//!        │            │
//!        ▼            ▼
//!     Readers       Writer          many snapshots at once; one queue, many jobs to a commit
//!        └─────┬──────┘
//!              ▼
//!           schema                  how a connection is opened, and the tables
//! ```
//!
//! The file is in WAL mode with `synchronous=FULL`: what was answered is on the disk. Processes that
//! share it must be on the same machine, because [WAL needs shared memory][wal]; a network folder
//! will not do.
//!
//! [wal]: https://www.sqlite.org/wal.html

mod audit;
mod budget;
mod clock;
mod docs;
mod fail;
mod log;
mod presence;
mod reader;
mod reserve;
mod schema;
mod share;
mod tasks;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use connector_sdk::Result;
use rusqlite::Connection;

use clock::{Clock, Millis};
use fail::{StoreName, StoreResult};
use presence::Presence;
use reader::Readers;
use reserve::Reserve;
use writer::Writer;

/// The embedded engine. Cheap to clone; clones are the same store.
#[derive(Clone)]
pub struct Sqlite(Arc<Inner>);

struct Inner {
    writer: Arc<Writer>,
    /// Pool of readers; `None` in memory, where there is only the writer's connection.
    readers: Option<Readers>,
    /// Files beside the store; `None` in memory, which no other process shares and no disk holds.
    beside: Option<Arc<Beside>>,
    retention: Millis,
    name: StoreName,
}

/// Files that are kept beside the store.
struct Beside {
    presence: Presence,
    reserve: Reserve,
}

/// Options for opening a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// Time for which the ids of events are remembered after they were last seen. Default: 30 days.
    pub retention: Duration,
    /// Maximum time to wait for another process that is writing before the store is `unavailable`. Default: 10 seconds.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options { retention: Duration::from_secs(30 * 24 * 3600), patience: Duration::from_secs(10) }
    }
}

impl Sqlite {
    /// Opens the store in this file. The file (mode 0600) and missing folders (0700) are created.
    ///
    /// # Errors
    /// `unavailable` when the file can't be opened, is read-only, is held by another process, or was written by a newer
    /// version; `invalid_input` when it is something else than a store; `unavailable`, not to be tried again, when it
    /// is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Sqlite> {
        Sqlite::open_with(path, Options::default())
    }

    /// Opens the store in this file, with options.
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Sqlite> {
        let path: PathBuf = path.as_ref().to_owned();
        let name = StoreName::file(&path);
        let connection = schema::open_file(&path, &options).map_err(|fail| fail.named(&name))?;
        let writer = Arc::new(Writer::new(connection, Clock::machine(), name.clone()));
        let beside = Beside { presence: Presence::beside(&path), reserve: Reserve::beside(&path) };
        let readers = Readers::new(path, options.patience, name.clone(), writer.clone());
        Ok(Sqlite::with(writer, Some((readers, beside)), &options, name))
    }

    /// Creates a store in memory, which is gone when the last clone is. Its clock is tokio's, so that a test that
    /// pauses and advances the time moves the store along.
    ///
    /// # Errors
    /// `bug` when SQLite does not work at all.
    pub fn in_memory() -> Result<Sqlite> {
        Sqlite::in_memory_with(Options::default())
    }

    /// Creates a store in memory, with options.
    ///
    /// # Errors
    /// As [`Sqlite::in_memory`].
    pub fn in_memory_with(options: Options) -> Result<Sqlite> {
        let name = StoreName::memory();
        let connection = schema::open_memory().map_err(|fail| fail.named(&name))?;
        let writer = Arc::new(Writer::new(connection, Clock::tokio(), name.clone()));
        Ok(Sqlite::with(writer, None, &options, name))
    }

    fn with(writer: Arc<Writer>, file: Option<(Readers, Beside)>, options: &Options, name: StoreName) -> Sqlite {
        let (readers, beside) = file.unzip();
        let retention = clock::millis(options.retention);
        Sqlite(Arc::new(Inner { writer, readers, beside: beside.map(Arc::new), retention, name }))
    }

    /// Runs `work` in a transaction that is on the disk when this returns. An error rolls it back.
    async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, Millis) -> StoreResult<T> + Send + 'static,
    {
        self.0.writer.run(work).await
    }

    /// Runs `work` on what is committed, without waiting for a writer. One statement sees one state.
    async fn read<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, Millis) -> StoreResult<T> + Send + 'static,
    {
        match &self.0.readers {
            Some(readers) => readers.run(work).await,
            None => self.write(work).await,
        }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sqlite").field(&self.0.name.to_string()).finish()
    }
}

/// Advances the store's one counter by `n` and returns its new value. Revisions, epochs, fences and sequences all come
/// from it, so that none is ever used twice.
fn count(connection: &Connection, n: usize) -> StoreResult<i64> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached("UPDATE counter SET value = value + ?1 RETURNING value")?;
    Ok(statement.query_row([n], |row| row.get(0))?)
}

/// Converts a limit for SQL.
fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
