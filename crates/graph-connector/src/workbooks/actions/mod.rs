//! Actions, one to a file.

pub mod add_table_rows;
pub mod add_worksheet_row;
pub mod get_worksheet_range;
pub mod list_table_rows;
pub mod list_worksheets;
