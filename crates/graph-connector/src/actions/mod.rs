//! What the connector can do, one action to a file.

pub mod copy_drive_item;
pub mod create_folder;
pub mod delete_drive_item;
pub mod download_file;
pub mod get_drive;
pub mod get_drive_item;
pub mod list_drive_changes;
pub mod list_drive_items;
pub mod list_drives;
pub mod search_files;
pub mod update_drive_item;
pub mod upload_file;
