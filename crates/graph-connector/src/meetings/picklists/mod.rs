//! Picklists, one to a file.

pub mod online_meetings;
