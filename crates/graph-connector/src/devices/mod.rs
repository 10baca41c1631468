//! Managed devices.

pub mod actions;
pub mod list_snapshot;
pub mod picklists;
pub mod triggers;
