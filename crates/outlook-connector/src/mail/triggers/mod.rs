//! Triggers, one to a file.

pub mod deleted_email;
pub mod email_flagged;
pub mod email_mentioning_me;
pub mod email_sent;
pub mod new_attachment;
pub mod new_email;
pub mod new_email_matching_search;
pub mod new_or_updated_email;
