//! What the connector can do, one action to a file.

pub mod copy_drive_item;
pub mod create_folder;
pub mod delete_drive_item;
pub mod download_file;
pub mod get_drive;
pub mod get_drive_item;
pub mod get_presence;
pub mod list_channel_messages;
pub mod list_channels;
pub mod list_chat_messages;
pub mod list_chats;
pub mod list_drive_changes;
pub mod list_drive_items;
pub mod list_drives;
pub mod list_joined_teams;
pub mod reply_to_channel_message;
pub mod search_files;
pub mod send_channel_message;
pub mod send_chat_message;
pub mod update_drive_item;
pub mod upload_file;
