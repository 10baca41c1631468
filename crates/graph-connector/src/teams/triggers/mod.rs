//! Triggers, one to a file.

pub mod new_channel_message;
pub mod new_chat_message;
