//! Picklists, one to a file.

pub mod applications;
pub mod service_principals;
