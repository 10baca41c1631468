//! Picklists, one to a file.

pub mod calendar_groups;
pub mod calendars;
pub mod events;
