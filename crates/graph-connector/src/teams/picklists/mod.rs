//! Picklists, one to a file.

pub mod channels;
pub mod chats;
pub mod teams;
