//! Triggers, one to a file.

pub mod deleted_contact;
pub mod new_contact;
pub mod new_or_updated_contact;
