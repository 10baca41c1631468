//! What properties take where only Graph knows it.

pub mod found_record;
pub mod list_item_changes;
pub mod list_item_values;
pub mod new_list_item_fields;
pub mod new_record_fields;
pub mod record;
pub mod record_changes;
pub mod table_row;
pub mod worksheet_row;
