//! Picklists, one to a file.

pub mod categories;
pub mod category_ids;
pub mod languages;
pub mod message_rules;
pub mod time_zones;
