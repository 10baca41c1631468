//! Picklists, one to a file.

pub mod drives;
pub mod folders;
