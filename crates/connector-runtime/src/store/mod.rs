//! Stores of what must survive a restart: five small traits, named by what they promise.
//!
//! | trait | promise |
//! |---|---|
//! | [`DocumentStore`] | documents with compare-and-set, and locks that end by themselves |
//! | [`TaskQueue`] | one durable timer and one live holder per key |
//! | [`EventLog`] | events and the cursor that they came with are committed together |
//! | [`RateBudget`] | never more than so many in a window, and never more than so many at once |
//! | [`AuditLog`] | who did what, written before it is done |
//!
//! One process, several processes on one machine and a cluster run the same code on them; the engine
//! decides how far a promise reaches. [`Sqlite`] is the embedded engine. [`conformance`] is the one
//! test suite that any engine must pass.
//!
//! Time is always the engine's: a caller says "in ten seconds", never "at noon", so that a machine
//! whose clock is wrong cannot take a lock too early.
//!
//! All of them fail with these codes: `conflict` when a race was lost, `unavailable` when the engine
//! cannot answer now or is damaged (the latter is never worth another try), and `invalid_input` for a name or a number
//! out of bounds.

pub mod conformance;
pub mod sqlite;

mod audit;
mod budget;
mod documents;
mod files;
mod hold;
mod log;
mod owner;
mod tasks;

use connector_sdk::{Error, Result};

pub use audit::{AuditEnd, AuditEntry, AuditFilter, AuditKind, AuditLog, AuditRecord};
pub use budget::{RateBudget, Share, Take};
pub use documents::{Doc, DocumentStore, Lock, Put, Revision};
pub use log::{Committed, EventLog, Lag, NewEvent, Start, StoredEvent};
pub use sqlite::Sqlite;
pub use tasks::{Lease, TaskQueue};

pub(crate) use files::{OnlyOwner, create_folder};
pub(crate) use hold::Hold;
pub(crate) use owner::owner;

/// An engine that keeps all five promises.
pub trait Store: DocumentStore + TaskQueue + EventLog + RateBudget + AuditLog {}

impl<T: DocumentStore + TaskQueue + EventLog + RateBudget + AuditLog> Store for T {}

/// Maximum length of a name of a kind, key, owner, source, consumer or event id, in bytes.
pub const MAX_NAME: usize = 1024;

/// Checks a name as every engine must: 1 to [`MAX_NAME`] bytes without control characters. `what` says which name it
/// is.
///
/// # Errors
/// `invalid_input` when it is not fit to be a name.
pub fn check_name(what: &str, name: &str) -> Result<()> {
    let wrong = if name.is_empty() {
        "is empty".to_owned()
    } else if name.len() > MAX_NAME {
        format!("has {} bytes, and at most {MAX_NAME} can be stored", name.len())
    } else if name.chars().any(char::is_control) {
        "contains a control character".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::invalid("", format!("the {what} {wrong}")))
}
