//! Searches over all that Microsoft 365 holds.

pub mod actions;
pub mod search_request;
