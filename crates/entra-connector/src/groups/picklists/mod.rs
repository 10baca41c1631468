//! Picklists, one to a file.

pub mod group_members;
pub mod group_owners;
pub mod groups;
