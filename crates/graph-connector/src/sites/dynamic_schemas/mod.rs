//! Dynamic schemas, one to a file.

pub mod list_item_changes;
pub mod list_item_values;
pub mod new_list_item_fields;
