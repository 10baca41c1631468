//! Dynamic schemas, one to a file.

pub mod found_record;
pub mod new_record_fields;
pub mod record;
pub mod record_changes;
