//! What the connector can watch for, one trigger to a file.

pub mod deleted_file;
pub mod new_channel_message;
pub mod new_chat_message;
pub mod new_or_updated_file;
pub mod new_or_updated_list_item;
pub mod new_or_updated_managed_device;
pub mod new_recording;
pub mod new_transcript;
pub mod new_worksheet_row;
