//! What the connector can watch for, one trigger to a file.

pub mod delta_changes;
pub mod poll_collection;
