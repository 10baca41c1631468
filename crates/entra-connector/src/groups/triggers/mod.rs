//! Triggers, one to a file.

pub mod deleted_group;
pub mod group_member_added;
pub mod group_member_removed;
pub mod new_group;
pub mod new_or_updated_group;
