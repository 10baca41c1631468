//! Sign-ins and the audit log of the directory.

pub mod actions;
pub mod log;
pub mod span;
pub mod triggers;
