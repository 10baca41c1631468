//! Actions, one to a file.

pub mod search_query;
