//! What the connector can watch for, one trigger to a file.

pub mod deleted_contact;
pub mod deleted_email;
pub mod deleted_event;
pub mod email_flagged;
pub mod email_mentioning_me;
pub mod email_sent;
pub mod new_attachment;
pub mod new_contact;
pub mod new_email;
pub mod new_email_matching_search;
pub mod new_event;
pub mod new_or_updated_contact;
pub mod new_or_updated_email;
pub mod new_or_updated_event;
pub mod upcoming_event;
