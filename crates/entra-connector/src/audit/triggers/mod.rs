//! Triggers, one to a file.

pub mod new_directory_audit;
pub mod new_sign_in;
