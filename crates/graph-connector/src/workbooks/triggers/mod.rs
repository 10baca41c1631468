//! Triggers, one to a file.

pub mod new_worksheet_row;
