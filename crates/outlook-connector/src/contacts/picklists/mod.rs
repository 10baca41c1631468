//! Picklists, one to a file.

pub mod contact_folders;
