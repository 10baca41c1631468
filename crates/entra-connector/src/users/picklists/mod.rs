//! Picklists, one to a file.

pub mod service_plans;
pub mod skus;
pub mod users;
