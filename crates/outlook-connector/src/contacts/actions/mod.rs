//! Actions, one to a file.

pub mod create_contact;
pub mod create_contact_folder;
pub mod delete_contact;
pub mod delete_contact_folder;
pub mod get_contact;
pub mod get_contact_folder;
pub mod get_contact_photo;
pub mod list_contact_changes;
pub mod list_contact_folders;
pub mod list_contacts;
pub mod move_contact;
pub mod permanently_delete_contact;
pub mod search_contacts;
pub mod search_people;
pub mod set_contact_photo;
pub mod update_contact;
pub mod update_contact_folder;
