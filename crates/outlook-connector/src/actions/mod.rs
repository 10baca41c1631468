//! What the connector can do, one action to a file.

pub mod list_emails;
pub mod send_email;
