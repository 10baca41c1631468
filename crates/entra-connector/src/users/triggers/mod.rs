//! Triggers, one to a file.

pub mod deleted_user;
pub mod new_or_updated_user;
pub mod new_user;
