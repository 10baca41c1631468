//! What properties take where only Graph knows it.

pub mod found_record;
pub mod new_record_fields;
pub mod record;
pub mod record_changes;
