//! Picklists, one to a file.

pub mod list_columns;
pub mod lists;
pub mod sites;
