//! Workbooks: worksheets, tables and their rows.

pub mod actions;
pub mod dynamic_schemas;
pub mod header;
pub mod picklists;
pub mod row_snapshot;
pub mod session;
pub mod sheet;
pub mod table;
pub mod triggers;
