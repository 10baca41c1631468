//! What the connector can do, one action to a file.

pub mod add_group_member;
pub mod create_user;
