//! Triggers, one to a file.

pub mod deleted_event;
pub mod new_event;
pub mod new_or_updated_event;
pub mod upcoming_event;
