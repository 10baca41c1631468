//! Actions, one to a file.

pub mod get_presence;
pub mod list_channel_messages;
pub mod list_channels;
pub mod list_chat_messages;
pub mod list_chats;
pub mod list_group_events;
pub mod list_group_threads;
pub mod list_joined_teams;
pub mod reply_to_channel_message;
pub mod reply_to_group_thread;
pub mod send_channel_message;
pub mod send_chat_message;
