//! Users, their passwords, licences and managers.

pub mod actions;
pub mod custom;
pub mod password;
pub mod picklists;
pub mod triggers;
