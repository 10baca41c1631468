//! Triggers, one to a file.

pub mod new_or_updated_list_item;
