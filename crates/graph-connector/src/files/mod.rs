//! Files: drives, folders, sharing and versions.

pub mod actions;
pub mod folder_tree;
pub mod picklists;
pub mod triggers;
