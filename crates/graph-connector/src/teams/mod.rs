//! Teams: channels, chats, presence; and the conversations of groups.

pub mod actions;
pub mod mentions;
pub mod message;
pub mod picklists;
pub mod threads;
pub mod triggers;
