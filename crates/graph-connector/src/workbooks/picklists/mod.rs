//! Picklists, one to a file.

pub mod tables;
pub mod workbooks;
pub mod worksheet_columns;
pub mod worksheets;
