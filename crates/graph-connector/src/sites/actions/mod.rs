//! Actions, one to a file.

pub mod create_list;
pub mod create_list_item;
pub mod delete_list_item;
pub mod get_list;
pub mod get_list_item;
pub mod get_site;
pub mod list_list_items;
pub mod list_lists;
pub mod list_subsites;
pub mod search_sites;
pub mod update_list;
pub mod update_list_item;
