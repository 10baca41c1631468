//! How to sign in to Microsoft Entra ID, as its seed states it.

use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::scopes::Permissions;

/// The delegated scopes: a user signs in.
///
/// The default is the union of the seed's two lists: the step that grants permissions, and the
/// permissions section. The scopes of Teams in the first are needed by no action here; they are kept
/// because that connector has them, and a connection may name its own scopes instead. Two names of the
/// second are misspelt there (`Directory.AcessAsUser.All`, `GroupMember.ReadAll`) and stand here as
/// Microsoft spells them.
const DELEGATED: Permissions = Permissions::NONE
    .with_minimum(&["User.Read", "offline_access"])
    .with_default(&[
        "Channel.ReadBasic.All",
        "ChannelMessage.Read.All",
        "ChannelMessage.Send",
        "Chat.Read",
        "Chat.ReadWrite",
        "ChatMessage.Send",
        "offline_access",
        "Team.ReadBasic.All",
        "User.Read",
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Directory.AccessAsUser.All",
        "Group.ReadWrite.All",
        "GroupMember.Read.All",
        "Group.Read.All",
        "GroupMember.ReadWrite.All",
        "User.ReadBasic.All",
    ])
    .with_optional(&[
        // What the seed's lists cannot do: applications, roles, units, devices, sign-in methods, logs, guests, photos.
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "RoleManagement.ReadWrite.Directory",
        "AdministrativeUnit.ReadWrite.All",
        "CustomSecAttributeAssignment.Read.All",
        "Device.Read.All",
        "Domain.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "UserAuthenticationMethod.ReadWrite.All",
        "AuditLog.Read.All",
        "User.Invite.All",
        "User.DeleteRestore.All",
        "ProfilePhoto.ReadWrite.All",
    ]);

/// The application permissions, consented to in the portal: an app signs in.
const APPLICATION: Permissions = Permissions::NONE
    .with_default(&[
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Group.ReadWrite.All",
        "Group.Create",
        "Group.Read.All",
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "User.ManageIdentities.All",
        "User.Read.All",
        "User.ReadWrite.All",
    ])
    .with_optional(&[
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "RoleManagement.ReadWrite.Directory",
        "AdministrativeUnit.ReadWrite.All",
        "CustomSecAttributeAssignment.Read.All",
        "Device.ReadWrite.All",
        "Domain.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "UserAuthenticationMethod.ReadWrite.All",
        "AuditLog.Read.All",
        "User.Invite.All",
        "User.DeleteRestore.All",
        "ProfilePhoto.ReadWrite.All",
    ]);

/// Methods, permissions and account types.
pub fn spec() -> ConnectionSpec {
    let account_types =
        vec![AccountChoice::new(AccountType::Tenant, "Tenant"), AccountChoice::new(AccountType::Common, "common")];
    ConnectionSpec::new(SignInSpec::usual(DELEGATED, APPLICATION), account_types)
}
