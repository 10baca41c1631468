//! What the directory holds beside users, groups and applications: roles, administrative units, devices, domains, extensions; and its changes.

pub mod actions;
pub mod picklists;
