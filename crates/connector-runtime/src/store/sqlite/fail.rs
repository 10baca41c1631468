//! Failures inside the engine, and their translation for people.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use connector_sdk::{Code, Error, Retry};
use rusqlite::ErrorCode;

/// Result of an operation inside the engine.
pub(super) type StoreResult<T> = Result<T, Fail>;

/// A failure inside the engine.
#[derive(Debug)]
pub(super) enum Fail {
    /// An error of SQLite.
    Sql(rusqlite::Error),
    /// An error of the system.
    Io(io::Error),
    /// An error by a promise of the store traits.
    Said(Error),
}

impl From<rusqlite::Error> for Fail {
    fn from(error: rusqlite::Error) -> Fail {
        Fail::Sql(error)
    }
}
impl From<io::Error> for Fail {
    fn from(error: io::Error) -> Fail {
        Fail::Io(error)
    }
}
impl From<Error> for Fail {
    fn from(error: Error) -> Fail {
        Fail::Said(error)
    }
}

/// Creates the failure for a race that was lost.
pub(super) fn conflict(message: String) -> Fail {
    Fail::Said(Error::new(Code::Conflict, message).with_hint("Read it again and decide on its present state."))
}

/// Name of a store in messages.
#[derive(Debug, Clone)]
pub(super) struct StoreName(Arc<str>);

impl StoreName {
    pub(super) fn file(path: &Path) -> StoreName {
        StoreName(path.display().to_string().into())
    }
    pub(super) fn memory() -> StoreName {
        StoreName("in memory".into())
    }
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Fail {
    /// Converts the failure into the error that the caller gets.
    pub(super) fn named(self, name: &StoreName) -> Error {
        match self {
            Fail::Said(error) => error,
            Fail::Io(error) => stays(format!("the store {name} cannot be opened"))
                .caused_by(error)
                .with_hint("Check the path and the permissions of its folder."),
            Fail::Sql(error) => from_sqlite(error, name),
        }
    }

    /// Returns whether another connection is in the way and may be gone in a moment.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Fail::Sql(error) if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)))
    }
}

/// Creates an error that is unavailable until somebody acts.
pub(super) fn stays(message: String) -> Error {
    Error::new(Code::Unavailable, message).retry(Retry::Never)
}

pub(super) fn newer(name: &StoreName, found: i64, known: i64) -> Error {
    stays(format!(
        "the store {name} was written by a newer version (its schema is {found}, this program knows {known})"
    ))
    .with_hint("Update this program, or use another store.")
}

pub(super) fn foreign(name: &StoreName) -> Error {
    Error::new(Code::InvalidInput, format!("{name} is not a store of this program"))
        .with_hint("Name another file; this one was left as it is.")
}

pub(super) fn stopped(name: &StoreName) -> Error {
    Error::new(Code::Unavailable, format!("the store {name} was stopped before it could answer"))
}

fn from_sqlite(error: rusqlite::Error, name: &StoreName) -> Error {
    use ErrorCode as E;
    match error.sqlite_error_code() {
        Some(E::DatabaseBusy | E::DatabaseLocked) => Error::new(
            Code::Unavailable,
            format!("the store {name} is busy: another process is writing to it for a long time"),
        )
        .with_hint("Try again. If the error persists, check for a process that hangs."),
        Some(E::ReadOnly) => {
            stays(format!("the store {name} is read-only")).with_hint("Make the file and its folder writable.")
        }
        Some(E::PermissionDenied | E::AuthorizationForStatementDenied) => {
            stays(format!("the store {name} may not be opened"))
                .with_hint("Check the permissions of the file and its folder.")
        }
        Some(E::CannotOpen) => stays(format!("the store {name} cannot be opened"))
            .with_hint("Check the path, and the permissions of the file and its folder."),
        Some(E::DiskFull) => {
            stays(format!("the disk of the store {name} is full")).with_hint("Free some space, then try again.")
        }
        Some(E::SystemIoFailure) => Error::new(Code::Unavailable, format!("the disk of the store {name} failed"))
            .caused_by(error)
            .with_hint("Check the disk, and the space on it."),
        Some(E::NotADatabase) => foreign(name),
        Some(E::DatabaseCorrupt) => stays(format!("the store {name} is damaged"))
            .caused_by(error)
            .with_hint("Restore it from a backup, and check the disk."),
        _ => Error::bug(format!("the store {name} failed")).caused_by(error),
    }
}
