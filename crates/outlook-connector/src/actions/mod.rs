//! What the connector can do, one action to a file.

pub mod get_email;
pub mod list_emails;
pub mod mark_email_read;
pub mod send_email;
