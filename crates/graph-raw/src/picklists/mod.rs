//! The choices that input properties offer, one picklist to a file.

pub mod subscriptions;
