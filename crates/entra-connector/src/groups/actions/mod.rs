//! Actions, one to a file.

pub mod add_group_member;
pub mod add_group_owner;
pub mod assign_group_licenses;
pub mod check_group_membership;
pub mod create_group;
pub mod delete_group;
pub mod get_group;
pub mod get_group_custom_attributes;
pub mod get_member_groups;
pub mod list_deleted_groups;
pub mod list_group_changes;
pub mod list_group_members;
pub mod list_group_owners;
pub mod list_groups;
pub mod permanently_delete_group;
pub mod remove_group_member;
pub mod remove_group_owner;
pub mod renew_group;
pub mod restore_group;
pub mod search_groups;
pub mod update_group;
pub mod upsert_group;
