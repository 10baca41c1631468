//! Actions, one to a file.

pub mod create_record;
pub mod delete_record;
pub mod get_record;
pub mod search_records;
pub mod update_record;
