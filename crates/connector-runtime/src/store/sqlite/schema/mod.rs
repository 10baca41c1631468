//! Opening of connections, and the tables.
//!
//! A change to the tables is a new step at the end of [`STEPS`], and only ever adds: an older program
//! that is still running must find what it knows. What is not used any more is dropped one version later.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::Options;
use super::fail::{Fail, StoreName, StoreResult, foreign, newer};
use crate::store::{OnlyOwner, create_folder};

/// Migrations. Each leads from the version that is its index to the next one.
const STEPS: [&str; 5] =
    [include_str!("1.sql"), include_str!("2.sql"), include_str!("3.sql"), include_str!("4.sql"), include_str!("5.sql")];

/// Application id "tenn", which tells a store from another program's SQLite file.
const APPLICATION: i64 = 0x7465_6e6e;

/// Number of prepared statements that are cached on a connection: all that the engine has.
const STATEMENTS: usize = 96;

pub(super) fn open_file(path: &Path, options: &Options) -> StoreResult<Connection> {
    create_private(path)?;
    let mut connection = connect(path, options.patience)?;
    let name = StoreName::file(path);
    // Looked at before anything is written, so that a foreign file stays as it is.
    let version = check(&connection, &name)?;
    patiently(options.patience, || Ok(connection.pragma_update(None, "journal_mode", "wal")?))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    if version < STEPS.len() {
        migrate(&mut connection, &name)?;
    }
    Ok(connection)
}

/// Opens another connection to a file that is open already.
pub(super) fn open_reader(path: &Path, patience: Duration) -> StoreResult<Connection> {
    let connection = connect(path, patience)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

pub(super) fn open_memory() -> StoreResult<Connection> {
    let mut connection = Connection::open_in_memory()?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    migrate(&mut connection, &StoreName::memory())?;
    Ok(connection)
}

fn connect(path: &Path, patience: Duration) -> StoreResult<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(patience)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Creates the file with private permissions. SQLite gives its side files those of the main one, so that one decides
/// for all.
fn create_private(path: &Path) -> StoreResult<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).only_owner().open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => close_to_others(path),
        made => Ok(made.map(drop)?),
    }
}

/// Narrows the permissions of a file that was copied here with wide ones: events are not sealed.
#[cfg(unix)]
fn close_to_others(path: &Path) -> StoreResult<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = fs::metadata(path)?.permissions();
    let mode = permissions.mode();
    // A read-only file is left to SQLite, which says so in the right words.
    if mode & 0o077 != 0 && mode & 0o200 != 0 {
        permissions.set_mode(mode & !0o077);
        fs::set_permissions(path, permissions)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(path: &Path) -> StoreResult<()> {
    Ok(fs::metadata(path).map(drop)?)
}

/// Retries while the file is locked: SQLite does not wait by itself where several processes turn a new file to WAL at
/// once.
fn patiently<T>(patience: Duration, mut work: impl FnMut() -> StoreResult<T>) -> StoreResult<T> {
    let until = Instant::now() + patience;
    loop {
        match work() {
            Err(fail) if fail.is_busy() && Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            done => return done,
        }
    }
}

fn check(connection: &Connection, name: &StoreName) -> StoreResult<usize> {
    let pragma = |what: &str| connection.pragma_query_value(None, what, |row| row.get::<_, i64>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let ours = application == APPLICATION || (application == 0 && version == 0 && tables == 0);
    if !ours {
        return Err(Fail::Said(foreign(name)));
    }
    match usize::try_from(version) {
        Ok(version) if version <= STEPS.len() => Ok(version),
        _ => Err(Fail::Said(newer(name, version, STEPS.len() as i64))),
    }
}

fn migrate(connection: &mut Connection, name: &StoreName) -> StoreResult<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Looked at again under the lock: another process may have just done it.
    let version = check(&transaction, name)?;
    for step in &STEPS[version..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    Ok(transaction.commit()?)
}
