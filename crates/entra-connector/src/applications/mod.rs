//! Applications, service principals, their credentials and grants.

pub mod actions;
pub mod picklists;
