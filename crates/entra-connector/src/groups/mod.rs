//! Groups, their members and owners.

pub mod actions;
pub mod member_changes;
pub mod member_file;
pub mod members;
pub mod missing_members;
pub mod new_group;
pub mod picklists;
pub mod triggers;
