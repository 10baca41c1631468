//! What the connector notices, one trigger to a file.

pub mod deleted_group;
pub mod deleted_user;
pub mod group_member_added;
pub mod group_member_removed;
pub mod new_directory_audit;
pub mod new_group;
pub mod new_or_updated_group;
pub mod new_or_updated_user;
pub mod new_sign_in;
pub mod new_user;
