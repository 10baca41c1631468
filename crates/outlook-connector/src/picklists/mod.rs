//! The choices that input properties offer, one picklist to a file.

pub mod calendar_groups;
pub mod calendars;
pub mod categories;
pub mod category_ids;
pub mod contact_folders;
pub mod events;
pub mod languages;
pub mod mail_folders;
pub mod message_rules;
pub mod messages;
pub mod time_zones;
