//! Contacts, their folders and photos, and people who matter to somebody.

pub mod actions;
pub mod picklists;
pub mod triggers;
