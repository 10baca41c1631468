//! The Microsoft Entra ID connector: users and groups, and in time the rest of the directory.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.

pub mod actions;
pub mod connections;
pub mod vocabulary;

use connector_sdk::Connector;

/// The list.
pub fn connector() -> Connector {
    Connector::new(
        "entra",
        "Microsoft Entra ID",
        "Users and groups of a Microsoft Entra tenant: create users, and change who belongs to which group.",
        connections::spec(),
    )
    // actions
    .action::<actions::add_group_member::AddGroupMember>()
    .action::<actions::create_user::CreateUser>()
}
