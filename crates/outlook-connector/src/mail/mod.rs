//! Mail: messages, drafts, attachments and mail folders.

pub mod actions;
pub mod complete;
pub mod compose;
pub mod drafts;
pub mod folders;
pub mod mail_filter;
pub mod more_recipients;
pub mod picklists;
pub mod reply;
pub mod send_once;
pub mod triggers;
