//! Actions, one to a file.

pub mod create_exchange_folder;
pub mod create_exchange_import_session;
pub mod delete_exchange_folder;
pub mod export_exchange_items;
pub mod get_exchange_folder;
pub mod get_exchange_item;
pub mod get_exchange_settings;
pub mod list_exchange_folders;
pub mod list_exchange_items;
pub mod update_exchange_folder;
