//! The Microsoft Entra ID connector: users, groups, licences, applications, roles, administrative units, devices.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.

pub mod actions;
pub mod advanced;
pub mod basic;
pub mod changes;
pub mod connections;
pub mod custom;
pub mod departures;
pub mod follow;
pub mod found;
pub mod log;
pub mod member_changes;
pub mod member_file;
pub mod members;
pub mod missing_members;
pub mod new_group;
pub mod password;
pub mod permissions;
pub mod picklists;
pub mod references;
pub mod span;
pub mod triggers;
pub mod upsert;
pub mod vocabulary;

use connector_sdk::Connector;

/// The list.
pub fn connector() -> Connector {
    Connector::new(
        "entra",
        "Microsoft Entra ID",
        "Users, groups, licences, applications, roles, administrative units and devices of a Microsoft Entra tenant.",
        connections::spec(),
    )
    // actions
    .action::<actions::activate_directory_role::ActivateDirectoryRole>()
    .action::<actions::add_administrative_unit_member::AddAdministrativeUnitMember>()
    .action::<actions::add_application_password::AddApplicationPassword>()
    .action::<actions::add_directory_role_member::AddDirectoryRoleMember>()
    .action::<actions::add_group_member::AddGroupMember>()
    .action::<actions::add_group_owner::AddGroupOwner>()
    .action::<actions::assign_group_licenses::AssignGroupLicenses>()
    .action::<actions::assign_licenses::AssignLicenses>()
    .action::<actions::assign_manager::AssignManager>()
    .action::<actions::check_group_membership::CheckGroupMembership>()
    .action::<actions::create_administrative_unit::CreateAdministrativeUnit>()
    .action::<actions::create_app_role_assignment::CreateAppRoleAssignment>()
    .action::<actions::create_application::CreateApplication>()
    .action::<actions::create_directory_extension::CreateDirectoryExtension>()
    .action::<actions::create_group::CreateGroup>()
    .action::<actions::create_role_assignment::CreateRoleAssignment>()
    .action::<actions::create_service_principal::CreateServicePrincipal>()
    .action::<actions::create_subscription::CreateSubscription>()
    .action::<actions::create_temporary_access_pass::CreateTemporaryAccessPass>()
    .action::<actions::create_user::CreateUser>()
    .action::<actions::delete_administrative_unit::DeleteAdministrativeUnit>()
    .action::<actions::delete_app_role_assignment::DeleteAppRoleAssignment>()
    .action::<actions::delete_application::DeleteApplication>()
    .action::<actions::delete_authentication_method::DeleteAuthenticationMethod>()
    .action::<actions::delete_device::DeleteDevice>()
    .action::<actions::delete_directory_extension::DeleteDirectoryExtension>()
    .action::<actions::delete_group::DeleteGroup>()
    .action::<actions::delete_role_assignment::DeleteRoleAssignment>()
    .action::<actions::delete_service_principal::DeleteServicePrincipal>()
    .action::<actions::delete_user::DeleteUser>()
    .action::<actions::disable_user::DisableUser>()
    .action::<actions::enable_user::EnableUser>()
    .action::<actions::get_administrative_unit::GetAdministrativeUnit>()
    .action::<actions::get_application::GetApplication>()
    .action::<actions::get_device::GetDevice>()
    .action::<actions::get_directory_objects::GetDirectoryObjects>()
    .action::<actions::get_group::GetGroup>()
    .action::<actions::get_group_custom_attributes::GetGroupCustomAttributes>()
    .action::<actions::get_manager::GetManager>()
    .action::<actions::get_member_groups::GetMemberGroups>()
    .action::<actions::get_organization::GetOrganization>()
    .action::<actions::get_service_principal::GetServicePrincipal>()
    .action::<actions::get_user::GetUser>()
    .action::<actions::get_user_custom_attributes::GetUserCustomAttributes>()
    .action::<actions::get_user_photo::GetUserPhoto>()
    .action::<actions::invite_guest_user::InviteGuestUser>()
    .action::<actions::list_administrative_unit_members::ListAdministrativeUnitMembers>()
    .action::<actions::list_administrative_units::ListAdministrativeUnits>()
    .action::<actions::list_app_role_assignments::ListAppRoleAssignments>()
    .action::<actions::list_applications::ListApplications>()
    .action::<actions::list_authentication_methods::ListAuthenticationMethods>()
    .action::<actions::list_changes::ListChanges>()
    .action::<actions::list_deleted_groups::ListDeletedGroups>()
    .action::<actions::list_deleted_users::ListDeletedUsers>()
    .action::<actions::list_devices::ListDevices>()
    .action::<actions::list_direct_reports::ListDirectReports>()
    .action::<actions::list_directory_audits::ListDirectoryAudits>()
    .action::<actions::list_directory_extensions::ListDirectoryExtensions>()
    .action::<actions::list_directory_role_members::ListDirectoryRoleMembers>()
    .action::<actions::list_directory_roles::ListDirectoryRoles>()
    .action::<actions::list_domains::ListDomains>()
    .action::<actions::list_enabled_users::ListEnabledUsers>()
    .action::<actions::list_group_changes::ListGroupChanges>()
    .action::<actions::list_group_members::ListGroupMembers>()
    .action::<actions::list_group_owners::ListGroupOwners>()
    .action::<actions::list_groups::ListGroups>()
    .action::<actions::list_oauth2_grants::ListOauth2Grants>()
    .action::<actions::list_role_assignments::ListRoleAssignments>()
    .action::<actions::list_role_definitions::ListRoleDefinitions>()
    .action::<actions::list_service_principals::ListServicePrincipals>()
    .action::<actions::list_sign_ins::ListSignIns>()
    .action::<actions::list_subscribed_skus::ListSubscribedSkus>()
    .action::<actions::list_user_changes::ListUserChanges>()
    .action::<actions::list_user_licenses::ListUserLicenses>()
    .action::<actions::list_user_memberships::ListUserMemberships>()
    .action::<actions::list_users::ListUsers>()
    .action::<actions::permanently_delete_group::PermanentlyDeleteGroup>()
    .action::<actions::permanently_delete_user::PermanentlyDeleteUser>()
    .action::<actions::remove_administrative_unit_member::RemoveAdministrativeUnitMember>()
    .action::<actions::remove_application_password::RemoveApplicationPassword>()
    .action::<actions::remove_directory_role_member::RemoveDirectoryRoleMember>()
    .action::<actions::remove_group_member::RemoveGroupMember>()
    .action::<actions::remove_group_owner::RemoveGroupOwner>()
    .action::<actions::remove_manager::RemoveManager>()
    .action::<actions::renew_group::RenewGroup>()
    .action::<actions::reset_custom_attributes::ResetCustomAttributes>()
    .action::<actions::reset_user_password::ResetUserPassword>()
    .action::<actions::restore_group::RestoreGroup>()
    .action::<actions::restore_user::RestoreUser>()
    .action::<actions::revoke_sign_in_sessions::RevokeSignInSessions>()
    .action::<actions::search_groups::SearchGroups>()
    .action::<actions::search_users::SearchUsers>()
    .action::<actions::set_user_photo::SetUserPhoto>()
    .action::<actions::update_administrative_unit::UpdateAdministrativeUnit>()
    .action::<actions::update_application::UpdateApplication>()
    .action::<actions::update_device::UpdateDevice>()
    .action::<actions::update_group::UpdateGroup>()
    .action::<actions::update_service_principal::UpdateServicePrincipal>()
    .action::<actions::update_user::UpdateUser>()
    .action::<actions::update_user_custom_attributes::UpdateUserCustomAttributes>()
    .action::<actions::upsert_application::UpsertApplication>()
    .action::<actions::upsert_group::UpsertGroup>()
    // what every connector offers
    .action::<graph_raw::actions::delete_all_subscriptions::DeleteAllSubscriptions>()
    .action::<graph_raw::actions::delete_subscription::DeleteSubscription>()
    .action::<graph_raw::actions::get_subscription::GetSubscription>()
    .action::<graph_raw::actions::list_subscriptions::ListSubscriptions>()
    .action::<graph_raw::actions::raw_request::RawRequest>()
    .action::<graph_raw::actions::reauthorize_subscription::ReauthorizeSubscription>()
    .action::<graph_raw::actions::update_subscription::UpdateSubscription>()
    // triggers
    .trigger::<triggers::deleted_group::DeletedGroup>()
    .trigger::<triggers::deleted_user::DeletedUser>()
    .trigger::<triggers::group_member_added::GroupMemberAdded>()
    .trigger::<triggers::group_member_removed::GroupMemberRemoved>()
    .trigger::<triggers::new_directory_audit::NewDirectoryAudit>()
    .trigger::<triggers::new_group::NewGroup>()
    .trigger::<triggers::new_or_updated_group::NewOrUpdatedGroup>()
    .trigger::<triggers::new_or_updated_user::NewOrUpdatedUser>()
    .trigger::<triggers::new_sign_in::NewSignIn>()
    .trigger::<triggers::new_user::NewUser>()
    // picklists
    .picklist::<picklists::administrative_unit_members::AdministrativeUnitMembers>()
    .picklist::<picklists::administrative_units::AdministrativeUnits>()
    .picklist::<picklists::applications::Applications>()
    .picklist::<picklists::devices::Devices>()
    .picklist::<picklists::directory_extensions::DirectoryExtensions>()
    .picklist::<picklists::directory_role_members::DirectoryRoleMembers>()
    .picklist::<picklists::directory_roles::DirectoryRoles>()
    .picklist::<picklists::group_members::GroupMembers>()
    .picklist::<picklists::group_owners::GroupOwners>()
    .picklist::<picklists::groups::Groups>()
    .picklist::<picklists::role_definitions::RoleDefinitions>()
    .picklist::<picklists::service_plans::ServicePlans>()
    .picklist::<picklists::service_principals::ServicePrincipals>()
    .picklist::<picklists::skus::Skus>()
    .picklist::<picklists::users::Users>()
    .picklist::<graph_raw::picklists::subscriptions::Subscriptions>()
}
