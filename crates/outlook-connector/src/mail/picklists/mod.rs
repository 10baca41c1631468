//! Picklists, one to a file.

pub mod mail_folders;
pub mod messages;
