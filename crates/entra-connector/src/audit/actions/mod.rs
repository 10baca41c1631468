//! Actions, one to a file.

pub mod list_directory_audits;
pub mod list_sign_ins;
