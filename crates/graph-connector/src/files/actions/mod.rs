//! Actions, one to a file.

pub mod copy_drive_item;
pub mod create_folder;
pub mod create_sharing_link;
pub mod delete_drive_item;
pub mod delete_item_permission;
pub mod download_file;
pub mod get_drive;
pub mod get_drive_item;
pub mod get_shared_item;
pub mod list_drive_changes;
pub mod list_drive_items;
pub mod list_drives;
pub mod list_item_permissions;
pub mod list_item_versions;
pub mod permanently_delete_drive_item;
pub mod restore_item_version;
pub mod search_files;
pub mod share_drive_item;
pub mod update_drive_item;
pub mod upload_file;
