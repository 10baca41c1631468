//! Sites, lists and their items.

pub mod actions;
pub mod columns;
pub mod dynamic_schemas;
pub mod picklists;
pub mod triggers;
