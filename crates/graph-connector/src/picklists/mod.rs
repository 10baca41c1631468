//! The choices that inputs offer, one picklist to a file.

pub mod channels;
pub mod chats;
pub mod drives;
pub mod folders;
pub mod list_columns;
pub mod lists;
pub mod managed_devices;
pub mod online_meetings;
pub mod sites;
pub mod tables;
pub mod teams;
pub mod workbooks;
pub mod worksheet_columns;
pub mod worksheets;
