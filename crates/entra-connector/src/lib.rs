//! The Microsoft Entra ID connector: users, groups, licences, applications, roles, administrative units, devices.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.

pub mod advanced;
pub mod applications;
pub mod audit;
pub mod basic;
pub mod changes;
pub mod connections;
pub mod departures;
pub mod directory;
pub mod follow;
pub mod found;
pub mod groups;
pub mod permissions;
mod picklist_search;
pub mod references;
pub mod upsert;
pub mod users;
pub mod vocabulary;

use connector_sdk::Connector;

/// The list.
pub fn connector() -> Connector {
    let actions = Connector::new(
        "entra",
        "Microsoft Entra ID",
        "Users, groups, licences, applications, roles, administrative units and devices of a Microsoft Entra tenant.",
        connections::spec(),
    )
    // actions
    .action::<directory::actions::activate_directory_role::ActivateDirectoryRole>()
    .action::<directory::actions::add_administrative_unit_member::AddAdministrativeUnitMember>()
    .action::<applications::actions::add_application_password::AddApplicationPassword>()
    .action::<directory::actions::add_directory_role_member::AddDirectoryRoleMember>()
    .action::<groups::actions::add_group_member::AddGroupMember>()
    .action::<groups::actions::add_group_owner::AddGroupOwner>()
    .action::<groups::actions::assign_group_licenses::AssignGroupLicenses>()
    .action::<users::actions::assign_licenses::AssignLicenses>()
    .action::<users::actions::assign_manager::AssignManager>()
    .action::<groups::actions::check_group_membership::CheckGroupMembership>()
    .action::<directory::actions::create_administrative_unit::CreateAdministrativeUnit>()
    .action::<applications::actions::create_app_role_assignment::CreateAppRoleAssignment>()
    .action::<applications::actions::create_application::CreateApplication>()
    .action::<directory::actions::create_directory_extension::CreateDirectoryExtension>()
    .action::<groups::actions::create_group::CreateGroup>()
    .action::<directory::actions::create_role_assignment::CreateRoleAssignment>()
    .action::<applications::actions::create_service_principal::CreateServicePrincipal>()
    .action::<directory::actions::create_subscription::CreateSubscription>()
    .action::<users::actions::create_temporary_access_pass::CreateTemporaryAccessPass>()
    .action::<users::actions::create_user::CreateUser>()
    .action::<directory::actions::delete_administrative_unit::DeleteAdministrativeUnit>()
    .action::<applications::actions::delete_app_role_assignment::DeleteAppRoleAssignment>()
    .action::<applications::actions::delete_application::DeleteApplication>()
    .action::<users::actions::delete_authentication_method::DeleteAuthenticationMethod>()
    .action::<directory::actions::delete_device::DeleteDevice>()
    .action::<directory::actions::delete_directory_extension::DeleteDirectoryExtension>()
    .action::<groups::actions::delete_group::DeleteGroup>()
    .action::<directory::actions::delete_role_assignment::DeleteRoleAssignment>()
    .action::<applications::actions::delete_service_principal::DeleteServicePrincipal>()
    .action::<users::actions::delete_user::DeleteUser>()
    .action::<users::actions::disable_user::DisableUser>()
    .action::<users::actions::enable_user::EnableUser>()
    .action::<directory::actions::get_administrative_unit::GetAdministrativeUnit>()
    .action::<applications::actions::get_application::GetApplication>()
    .action::<directory::actions::get_device::GetDevice>()
    .action::<directory::actions::get_directory_objects::GetDirectoryObjects>()
    .action::<groups::actions::get_group::GetGroup>()
    .action::<groups::actions::get_group_custom_attributes::GetGroupCustomAttributes>()
    .action::<users::actions::get_manager::GetManager>()
    .action::<groups::actions::get_member_groups::GetMemberGroups>()
    .action::<directory::actions::get_organization::GetOrganization>()
    .action::<applications::actions::get_service_principal::GetServicePrincipal>()
    .action::<users::actions::get_user::GetUser>()
    .action::<users::actions::get_user_custom_attributes::GetUserCustomAttributes>()
    .action::<users::actions::get_user_photo::GetUserPhoto>()
    .action::<users::actions::invite_guest_user::InviteGuestUser>()
    .action::<directory::actions::list_administrative_unit_members::ListAdministrativeUnitMembers>()
    .action::<directory::actions::list_administrative_units::ListAdministrativeUnits>()
    .action::<applications::actions::list_app_role_assignments::ListAppRoleAssignments>()
    .action::<applications::actions::list_applications::ListApplications>()
    .action::<users::actions::list_authentication_methods::ListAuthenticationMethods>()
    .action::<directory::actions::list_changes::ListChanges>()
    .action::<groups::actions::list_deleted_groups::ListDeletedGroups>()
    .action::<users::actions::list_deleted_users::ListDeletedUsers>()
    .action::<directory::actions::list_devices::ListDevices>()
    .action::<users::actions::list_direct_reports::ListDirectReports>()
    .action::<audit::actions::list_directory_audits::ListDirectoryAudits>()
    .action::<directory::actions::list_directory_extensions::ListDirectoryExtensions>()
    .action::<directory::actions::list_directory_role_members::ListDirectoryRoleMembers>()
    .action::<directory::actions::list_directory_roles::ListDirectoryRoles>()
    .action::<directory::actions::list_domains::ListDomains>()
    .action::<users::actions::list_enabled_users::ListEnabledUsers>()
    .action::<groups::actions::list_group_changes::ListGroupChanges>()
    .action::<groups::actions::list_group_members::ListGroupMembers>()
    .action::<groups::actions::list_group_owners::ListGroupOwners>()
    .action::<groups::actions::list_groups::ListGroups>()
    .action::<applications::actions::list_oauth2_grants::ListOauth2Grants>()
    .action::<directory::actions::list_role_assignments::ListRoleAssignments>()
    .action::<directory::actions::list_role_definitions::ListRoleDefinitions>()
    .action::<applications::actions::list_service_principals::ListServicePrincipals>()
    .action::<audit::actions::list_sign_ins::ListSignIns>()
    .action::<users::actions::list_subscribed_skus::ListSubscribedSkus>()
    .action::<users::actions::list_user_changes::ListUserChanges>()
    .action::<users::actions::list_user_licenses::ListUserLicenses>()
    .action::<users::actions::list_user_memberships::ListUserMemberships>()
    .action::<users::actions::list_users::ListUsers>()
    .action::<groups::actions::permanently_delete_group::PermanentlyDeleteGroup>()
    .action::<users::actions::permanently_delete_user::PermanentlyDeleteUser>()
    .action::<directory::actions::remove_administrative_unit_member::RemoveAdministrativeUnitMember>()
    .action::<applications::actions::remove_application_password::RemoveApplicationPassword>()
    .action::<directory::actions::remove_directory_role_member::RemoveDirectoryRoleMember>()
    .action::<groups::actions::remove_group_member::RemoveGroupMember>()
    .action::<groups::actions::remove_group_owner::RemoveGroupOwner>()
    .action::<users::actions::remove_manager::RemoveManager>()
    .action::<groups::actions::renew_group::RenewGroup>()
    .action::<users::actions::reset_custom_attributes::ResetCustomAttributes>()
    .action::<users::actions::reset_user_password::ResetUserPassword>()
    .action::<groups::actions::restore_group::RestoreGroup>()
    .action::<users::actions::restore_user::RestoreUser>()
    .action::<users::actions::revoke_sign_in_sessions::RevokeSignInSessions>()
    .action::<groups::actions::search_groups::SearchGroups>()
    .action::<users::actions::search_users::SearchUsers>()
    .action::<users::actions::set_user_photo::SetUserPhoto>()
    .action::<directory::actions::update_administrative_unit::UpdateAdministrativeUnit>()
    .action::<applications::actions::update_application::UpdateApplication>()
    .action::<directory::actions::update_device::UpdateDevice>()
    .action::<groups::actions::update_group::UpdateGroup>()
    .action::<applications::actions::update_service_principal::UpdateServicePrincipal>()
    .action::<users::actions::update_user::UpdateUser>()
    .action::<users::actions::update_user_custom_attributes::UpdateUserCustomAttributes>()
    .action::<applications::actions::upsert_application::UpsertApplication>()
    .action::<groups::actions::upsert_group::UpsertGroup>();
    graph_raw::common_actions(actions)
        // triggers
        .trigger::<groups::triggers::deleted_group::DeletedGroup>()
        .trigger::<users::triggers::deleted_user::DeletedUser>()
        .trigger::<groups::triggers::group_member_added::GroupMemberAdded>()
        .trigger::<groups::triggers::group_member_removed::GroupMemberRemoved>()
        .trigger::<audit::triggers::new_directory_audit::NewDirectoryAudit>()
        .trigger::<groups::triggers::new_group::NewGroup>()
        .trigger::<groups::triggers::new_or_updated_group::NewOrUpdatedGroup>()
        .trigger::<users::triggers::new_or_updated_user::NewOrUpdatedUser>()
        .trigger::<audit::triggers::new_sign_in::NewSignIn>()
        .trigger::<users::triggers::new_user::NewUser>()
        // picklists
        .picklist::<directory::picklists::administrative_unit_members::AdministrativeUnitMembers>()
        .picklist::<directory::picklists::administrative_units::AdministrativeUnits>()
        .picklist::<applications::picklists::applications::Applications>()
        .picklist::<directory::picklists::devices::Devices>()
        .picklist::<directory::picklists::directory_extensions::DirectoryExtensions>()
        .picklist::<directory::picklists::directory_role_members::DirectoryRoleMembers>()
        .picklist::<directory::picklists::directory_roles::DirectoryRoles>()
        .picklist::<groups::picklists::group_members::GroupMembers>()
        .picklist::<groups::picklists::group_owners::GroupOwners>()
        .picklist::<groups::picklists::groups::Groups>()
        .picklist::<directory::picklists::role_definitions::RoleDefinitions>()
        .picklist::<users::picklists::service_plans::ServicePlans>()
        .picklist::<applications::picklists::service_principals::ServicePrincipals>()
        .picklist::<users::picklists::skus::Skus>()
        .picklist::<users::picklists::users::Users>()
        .picklist::<graph_raw::picklists::subscriptions::Subscriptions>()
}
