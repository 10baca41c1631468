//! Picklists, one to a file.

pub mod administrative_unit_members;
pub mod administrative_units;
pub mod devices;
pub mod directory_extensions;
pub mod directory_role_members;
pub mod directory_roles;
pub mod role_definitions;
