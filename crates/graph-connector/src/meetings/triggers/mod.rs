//! Triggers, one to a file.

pub mod new_recording;
pub mod new_transcript;
