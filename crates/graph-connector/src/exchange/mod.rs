//! Mailboxes as Exchange sees them: folders and items that are exported and imported.

pub mod actions;
