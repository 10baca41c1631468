//! Calendars: events, meetings, rooms and the times that people are free.

pub mod actions;
pub mod online_meeting;
pub mod picklists;
pub mod triggers;
pub mod window;
