//! Triggers, one to a file.

pub mod deleted_file;
pub mod new_or_updated_file;
