//! Settings of a mailbox: categories, rules, languages, automatic replies; and subscriptions to its changes.

pub mod actions;
pub mod categories;
pub mod picklists;
