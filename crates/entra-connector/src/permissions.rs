//! What things need, by [Microsoft's permission table][1]: the least privileged first.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/permissions-reference

use connector_sdk::{AnyOf, Scopes};

const fn scopes(delegated: &'static [&'static str], application: &'static [&'static str]) -> Scopes {
    Scopes { delegated: AnyOf(delegated), shared: AnyOf::NONE, application: Some(AnyOf(application)) }
}

/// To see the basic properties of users.
pub const USERS_SEE: Scopes = scopes(
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To read users whole.
pub const USERS_READ: Scopes = scopes(
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To create and change users.
pub const USERS_WRITE: Scopes =
    scopes(&["User.ReadWrite.All", "Directory.ReadWrite.All"], &["User.ReadWrite.All", "Directory.ReadWrite.All"]);

/// To delete and restore users.
pub const USERS_DELETE: Scopes =
    scopes(&["User.DeleteRestore.All", "User.ReadWrite.All"], &["User.DeleteRestore.All", "User.ReadWrite.All"]);

/// To let users sign in or not.
pub const ACCOUNTS_SWITCH: Scopes = scopes(
    &["User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To set passwords. Besides, who is signed in needs a role of the directory.
pub const PASSWORDS_RESET: Scopes =
    scopes(&["User-PasswordProfile.ReadWrite.All", "User.ReadWrite.All"], &["User-PasswordProfile.ReadWrite.All", "User.ReadWrite.All"]);

/// To end the sessions of users.
pub const SESSIONS_REVOKE: Scopes = scopes(
    &["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see what somebody belongs to.
pub const MEMBERSHIPS_READ: Scopes =
    scopes(&["Directory.Read.All", "Directory.ReadWrite.All"], &["Directory.Read.All", "Directory.ReadWrite.All"]);

/// To ask which groups somebody is in.
pub const MEMBERSHIPS_ASK: Scopes =
    scopes(&["Directory.Read.All", "Directory.ReadWrite.All"], &["Directory.Read.All", "Directory.ReadWrite.All"]);

/// To invite guests.
pub const GUESTS_INVITE: Scopes = scopes(
    &["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see how users sign in.
pub const METHODS_READ: Scopes = scopes(
    &["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"],
    &["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"],
);

/// To change how users sign in.
pub const METHODS_WRITE: Scopes = scopes(&["UserAuthenticationMethod.ReadWrite.All"], &["UserAuthenticationMethod.ReadWrite.All"]);

/// To create temporary access passes.
pub const PASSES_CREATE: Scopes = scopes(
    &["UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"],
    &["UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"],
);

/// To see licences.
pub const LICENSES_READ: Scopes = scopes(
    &["LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To see the licences of a user.
pub const LICENSES_OF_USER: Scopes = scopes(
    &["LicenseAssignment.Read.All", "User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.Read.All", "User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To assign licences.
pub const LICENSES_WRITE: Scopes = scopes(
    &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To assign licences to groups.
pub const GROUP_LICENSES_WRITE: Scopes = scopes(
    &["LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see groups.
pub const GROUPS_SEE: Scopes = scopes(
    &[
        "Group.ReadBasic.All",
        "GroupMember.Read.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "Group.ReadBasic.All",
        "GroupMember.Read.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To read groups whole.
pub const GROUPS_READ: Scopes = scopes(
    &["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To create groups.
pub const GROUPS_CREATE: Scopes =
    scopes(&["Group.ReadWrite.All", "Directory.ReadWrite.All"], &["Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"]);

/// To change groups.
pub const GROUPS_WRITE: Scopes =
    scopes(&["Group.ReadWrite.All", "Directory.ReadWrite.All"], &["Group.ReadWrite.All", "Directory.ReadWrite.All"]);

/// To delete groups.
pub const GROUPS_DELETE: Scopes = scopes(&["Group.ReadWrite.All"], &["Group.ReadWrite.All"]);

/// To see who is in groups.
pub const MEMBERS_READ: Scopes = scopes(
    &[
        "GroupMember.Read.All",
        "Group.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "GroupMember.Read.All",
        "Group.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To change who is in groups.
pub const MEMBERS_WRITE: Scopes = scopes(
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see applications and service principals.
pub const APPLICATIONS_READ: Scopes = scopes(
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To change applications and service principals.
pub const APPLICATIONS_WRITE: Scopes =
    scopes(&["Application.ReadWrite.All"], &["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"]);

/// To see which roles of apps somebody has.
pub const ASSIGNMENTS_READ: Scopes = scopes(
    &["Directory.Read.All", "AppRoleAssignment.ReadWrite.All", "Directory.ReadWrite.All"],
    &["Directory.Read.All", "AppRoleAssignment.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To give roles of apps.
pub const ASSIGNMENTS_WRITE: Scopes = scopes(&["AppRoleAssignment.ReadWrite.All"], &["AppRoleAssignment.ReadWrite.All"]);

/// To see the roles of the directory.
pub const ROLES_READ: Scopes = scopes(
    &["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To give the roles of the directory.
pub const ROLES_WRITE: Scopes = scopes(&["RoleManagement.ReadWrite.Directory"], &["RoleManagement.ReadWrite.Directory"]);

/// To see administrative units.
pub const UNITS_READ: Scopes = scopes(
    &["AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To change administrative units.
pub const UNITS_WRITE: Scopes = scopes(&["AdministrativeUnit.ReadWrite.All"], &["AdministrativeUnit.ReadWrite.All"]);

/// To see devices.
pub const DEVICES_READ: Scopes = scopes(
    &["Device.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To change devices. A user needs a role of the directory besides.
pub const DEVICES_WRITE: Scopes = scopes(&["Directory.AccessAsUser.All"], &["Device.ReadWrite.All"]);

/// To see the tenant.
pub const TENANT_READ: Scopes = scopes(
    &["User.Read", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To see domains.
pub const DOMAINS_READ: Scopes = scopes(
    &["Domain.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Domain.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To read the logs. The tenant needs a licence for that.
pub const LOGS_READ: Scopes = scopes(&["AuditLog.Read.All"], &["AuditLog.Read.All"]);

/// To read anything in the directory.
pub const DIRECTORY_READ: Scopes =
    scopes(&["Directory.Read.All", "Directory.ReadWrite.All"], &["Directory.Read.All", "Directory.ReadWrite.All"]);
