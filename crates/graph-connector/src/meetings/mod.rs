//! Online meetings: attendance, recordings and transcripts.

pub mod actions;
pub mod artifacts;
pub mod picklists;
pub mod triggers;
pub mod web_vtt;
