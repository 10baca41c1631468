//! What things need, by [Microsoft's permission table][1]: the least privileged first.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/permissions-reference

use connector_sdk::Scopes;

/// To see the basic properties of users.
pub const USERS_SEE: Scopes = Scopes::of(
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To read users whole.
pub const USERS_READ: Scopes = Scopes::of(
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To create and change users.
pub const USERS_WRITE: Scopes =
    Scopes::of(&["User.ReadWrite.All", "Directory.ReadWrite.All"], &["User.ReadWrite.All", "Directory.ReadWrite.All"]);

/// To delete and restore users.
pub const USERS_DELETE: Scopes =
    Scopes::of(&["User.DeleteRestore.All", "User.ReadWrite.All"], &["User.DeleteRestore.All", "User.ReadWrite.All"]);

/// To let users sign in or not: whoever may switch the account must be able to read the user too, says [its
/// page][update].
///
/// [update]: https://learn.microsoft.com/en-us/graph/api/user-update#permissions
pub const ACCOUNTS_SWITCH: Scopes =
    Scopes::alike(&["User.EnableDisableAccount.All User.Read.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]);

/// To set passwords. Besides, who is signed in needs a role of the directory.
pub const PASSWORDS_RESET: Scopes = Scopes::of(
    &["User-PasswordProfile.ReadWrite.All", "User.ReadWrite.All"],
    &["User-PasswordProfile.ReadWrite.All", "User.ReadWrite.All"],
);

/// To end the sessions of users.
pub const SESSIONS_REVOKE: Scopes = Scopes::of(
    &["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see what somebody belongs to.
pub const MEMBERSHIPS_READ: Scopes =
    Scopes::of(&["Directory.Read.All", "Directory.ReadWrite.All"], &["Directory.Read.All", "Directory.ReadWrite.All"]);

/// To ask which groups somebody is in, which takes to see the user and the groups, says [its page][ask].
///
/// [ask]: https://learn.microsoft.com/en-us/graph/api/directoryobject-checkmembergroups#permissions
pub const MEMBERSHIPS_ASK: Scopes = Scopes::alike(&[
    "User.ReadBasic.All GroupMember.Read.All",
    "User.Read.All GroupMember.Read.All",
    "User.ReadBasic.All Group.Read.All",
    "User.Read.All Group.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
]);

/// To invite guests.
pub const GUESTS_INVITE: Scopes = Scopes::of(
    &["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see how users sign in.
pub const METHODS_READ: Scopes = Scopes::of(
    &["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"],
    &["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"],
);

/// To change how users sign in.
pub const METHODS_WRITE: Scopes =
    Scopes::of(&["UserAuthenticationMethod.ReadWrite.All"], &["UserAuthenticationMethod.ReadWrite.All"]);

/// To create temporary access passes.
pub const PASSES_CREATE: Scopes = Scopes::of(
    &["UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"],
    &["UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"],
);

/// To see licences.
pub const LICENSES_READ: Scopes = Scopes::of(
    &["LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To see the licences of a user.
pub const LICENSES_OF_USER: Scopes = Scopes::of(
    &["LicenseAssignment.Read.All", "User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.Read.All", "User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To assign licences.
pub const LICENSES_WRITE: Scopes = Scopes::of(
    &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To assign licences to groups.
pub const GROUP_LICENSES_WRITE: Scopes = Scopes::of(
    &["LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
    &["LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see groups.
pub const GROUPS_SEE: Scopes = Scopes::of(
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
pub const GROUPS_READ: Scopes = Scopes::of(
    &["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To create groups.
pub const GROUPS_CREATE: Scopes = Scopes::of(
    &["Group.ReadWrite.All", "Directory.ReadWrite.All"],
    &["Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To change groups.
pub const GROUPS_WRITE: Scopes = Scopes::of(
    &["Group.ReadWrite.All", "Directory.ReadWrite.All"],
    &["Group.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To delete groups.
pub const GROUPS_DELETE: Scopes = Scopes::of(&["Group.ReadWrite.All"], &["Group.ReadWrite.All"]);

/// To see who is in groups. The basic permissions come later: with them ids and kinds of members come, and no names.
pub const MEMBERS_READ: Scopes = Scopes::alike(&[
    "GroupMember.Read.All",
    "Group.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "GroupMember.ReadBasic.All",
    "Group.ReadBasic.All",
]);

/// To see who owns groups.
pub const OWNERS_READ: Scopes = Scopes::alike(&[
    "GroupMember.Read.All",
    "Group.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
]);

/// To see which members came to groups and which went.
pub const MEMBER_CHANGES_READ: Scopes = Scopes::alike(&[
    "GroupMember.Read.All",
    "Group.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
]);

/// To change who is in groups.
pub const MEMBERS_WRITE: Scopes = Scopes::of(
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To see applications and service principals.
pub const APPLICATIONS_READ: Scopes = Scopes::of(
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &[
        "Application.Read.All",
        "Application.ReadWrite.OwnedBy",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To change applications and service principals.
pub const APPLICATIONS_WRITE: Scopes =
    Scopes::of(&["Application.ReadWrite.All"], &["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"]);

/// To see which roles of apps somebody has.
pub const ASSIGNMENTS_READ: Scopes = Scopes::of(
    &["Directory.Read.All", "AppRoleAssignment.ReadWrite.All", "Directory.ReadWrite.All"],
    &["Directory.Read.All", "AppRoleAssignment.ReadWrite.All", "Directory.ReadWrite.All"],
);

/// To give roles of apps.
pub const ASSIGNMENTS_WRITE: Scopes =
    Scopes::of(&["AppRoleAssignment.ReadWrite.All"], &["AppRoleAssignment.ReadWrite.All"]);

/// To see the roles of the directory.
pub const ROLES_READ: Scopes = Scopes::of(
    &[
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To give the roles of the directory.
pub const ROLES_WRITE: Scopes =
    Scopes::of(&["RoleManagement.ReadWrite.Directory"], &["RoleManagement.ReadWrite.Directory"]);

/// To see administrative units.
pub const UNITS_READ: Scopes = Scopes::of(
    &[
        "AdministrativeUnit.Read.All",
        "AdministrativeUnit.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "AdministrativeUnit.Read.All",
        "AdministrativeUnit.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To change administrative units.
pub const UNITS_WRITE: Scopes =
    Scopes::of(&["AdministrativeUnit.ReadWrite.All"], &["AdministrativeUnit.ReadWrite.All"]);

/// To see devices.
pub const DEVICES_READ: Scopes = Scopes::of(
    &["Device.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    &["Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To change devices. A user needs a role of the directory besides.
pub const DEVICES_WRITE: Scopes = Scopes::of(&["Directory.AccessAsUser.All"], &["Device.ReadWrite.All"]);

/// To see the tenant.
pub const TENANT_READ: Scopes = Scopes::of(
    &[
        "User.Read",
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "User.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "Organization.Read.All",
        "Organization.ReadWrite.All",
        "User.Read.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To see domains.
pub const DOMAINS_READ: Scopes =
    Scopes::alike(&["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]);

/// To read the log of changes in the directory.
pub const LOGS_READ: Scopes = Scopes::alike(&["AuditLog.Read.All", "Directory.Read.All"]);

/// To read anything in the directory.
pub const DIRECTORY_READ: Scopes =
    Scopes::of(&["Directory.Read.All", "Directory.ReadWrite.All"], &["Directory.Read.All", "Directory.ReadWrite.All"]);

/// To see which groups somebody is in.
pub const GROUPS_OF_USER: Scopes =
    Scopes::alike(&["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"]);

/// To read the profile of who is signed in. An app has none.
pub const OWN_PROFILE: Scopes = Scopes::of(
    &[
        "User.Read",
        "User.ReadWrite",
        "User.ReadBasic.All",
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
);

/// To get the photos of others.
pub const PHOTO_READ: Scopes = Scopes::of(
    &[
        "ProfilePhoto.Read.All",
        "ProfilePhoto.ReadWrite.All",
        "User.ReadBasic.All",
        "User.Read.All",
        "User.ReadWrite.All",
    ],
    &[
        "ProfilePhoto.Read.All",
        "ProfilePhoto.ReadWrite.All",
        "User.ReadBasic.All",
        "User.Read.All",
        "User.ReadWrite.All",
    ],
);

/// To get the photo of who is signed in. An app has none.
pub const OWN_PHOTO_READ: Scopes = PHOTO_READ.and_delegated(&[
    "User.Read",
    "ProfilePhoto.Read.All",
    "ProfilePhoto.ReadWrite.All",
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
]);

/// To set the photos of others.
pub const PHOTO_WRITE: Scopes =
    Scopes::of(&["ProfilePhoto.ReadWrite.All"], &["ProfilePhoto.ReadWrite.All", "User.ReadWrite.All"]);

/// To set the photo of who is signed in. An app has none.
pub const OWN_PHOTO_WRITE: Scopes = PHOTO_WRITE.and_delegated(&["User.ReadWrite", "ProfilePhoto.ReadWrite.All"]);

/// To create applications.
pub const APPLICATIONS_CREATE: Scopes = Scopes::of(
    &["AppRegistration.Create", "Application.ReadWrite.All"],
    &["AppRegistration.Create", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"],
);

/// To see what roles the directory can give.
pub const ROLE_DEFINITIONS_READ: Scopes = Scopes::alike(&[
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
]);

/// To see who has which role of the directory.
pub const ROLE_ASSIGNMENTS_READ: Scopes = Scopes::of(
    &[
        "RoleManagement.Read.Directory",
        "RoleManagement.Read.All",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To see which delegated permissions apps were granted.
pub const GRANTS_READ: Scopes =
    Scopes::alike(&["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"]);

/// To read the log of sign-ins. The tenant needs a licence for that.
pub const SIGN_INS_READ: Scopes = Scopes::alike(&["AuditLog.Read.All"]);

/// To take phone numbers away from users.
pub const PHONE_METHODS_DELETE: Scopes =
    Scopes::alike(&["UserAuthMethod-Phone.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"]);

/// To take email addresses away from users.
pub const EMAIL_METHODS_DELETE: Scopes =
    Scopes::alike(&["UserAuthMethod-Email.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"]);

/// To take Microsoft Authenticator away from users.
pub const AUTHENTICATOR_METHODS_DELETE: Scopes =
    Scopes::alike(&["UserAuthMethod-MicrosoftAuthApp.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"]);

/// To take security keys away from users.
pub const FIDO2_METHODS_DELETE: Scopes =
    Scopes::alike(&["UserAuthMethod-Passkey.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"]);

/// To take codes from apps away from users.
pub const OATH_METHODS_DELETE: Scopes =
    Scopes::alike(&["UserAuthMethod-SoftwareOATH.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"]);

/// To take temporary access passes away from users.
pub const PASS_METHODS_DELETE: Scopes =
    Scopes::alike(&["UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"]);

/// To take Windows Hello away from users.
pub const HELLO_METHODS_DELETE: Scopes =
    Scopes::alike(&["UserAuthMethod-WindowsHello.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"]);

/// To see the changes of applications and service principals: for a user the table of permissions has another least one
/// than for the applications themselves.
pub const APPLICATION_CHANGES: Scopes = Scopes::of(
    &["Directory.Read.All", "Application.Read.All", "Application.ReadWrite.All", "Directory.ReadWrite.All"],
    &[
        "Application.ReadWrite.OwnedBy",
        "Application.Read.All",
        "Application.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To see the changes of devices.
pub const DEVICE_CHANGES: Scopes = Scopes::alike(&["Device.Read.All"]);

/// To see the changes of granted permissions.
pub const GRANT_CHANGES: Scopes = Scopes::of(
    &["Directory.Read.All", "Directory.ReadWrite.All"],
    &["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"],
);
