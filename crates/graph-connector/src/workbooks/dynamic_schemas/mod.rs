//! Dynamic schemas, one to a file.

pub mod table_row;
pub mod worksheet_row;
