//! How to sign in to Microsoft Graph, as its seed states it.

use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::scopes::Permissions;

/// The delegated scopes: with a browser or a device code, a user signs in.
const DELEGATED: Permissions = Permissions::NONE
    .with_minimum(&["User.Read", "offline_access"])
    .with_default(&[
        "offline_access",
        "openid",
        "profile",
        "User.Read",
        "User.Read.All",
        "User.ReadBasic.All",
        "User.ReadWrite",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Files.ReadWrite.All",
        "Mail.ReadBasic",
        "Mail.Read",
        "Mail.ReadWrite",
        "Mail.Send",
        "MailboxFolder.Read",
        "MailboxFolder.ReadWrite",
        "Calendars.Read",
        "Calendars.ReadBasic",
        "Calendars.ReadWrite",
        "OnlineMeetings.Read",
        "OnlineMeetings.ReadWrite",
        "OnlineMeetingArtifact.Read.All",
        "OnlineMeetingTranscript.Read.All",
        "OnlineMeetingRecording.Read.All",
    ])
    // The two that the seed names; what other people's mailboxes take besides; what Teams takes; what sites and lists
    // take.
    .with_optional(&[
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementManagedDevices.ReadWrite.All",
        "DeviceManagementManagedDevices.PrivilegedOperations.All",
        "MailboxItem.Read",
        "MailboxItem.Export",
        "MailboxItem.ImportExport",
        "Mail.ReadWrite.Shared",
        "Mail.Send.Shared",
        "Calendars.ReadWrite.Shared",
        "Team.ReadBasic.All",
        "Channel.ReadBasic.All",
        "ChannelMessage.Read.All",
        "ChannelMessage.Send",
        "Chat.ReadWrite",
        "Presence.Read.All",
        "Group.Read.All",
        "Group-Conversation.Read.All",
        "Group-Conversation.ReadWrite.All",
        "Sites.Read.All",
        "ExternalItem.Read.All",
        "People.Read",
        "Acronym.Read.All",
        "Bookmark.Read.All",
        "Sites.Manage.All",
        "Sites.ReadWrite.All",
    ]);

/// The application permissions, consented to in the portal: an app signs in.
const APPLICATION: Permissions = Permissions::NONE
    .with_minimum(&["User.Read.All"])
    .with_default(&["User.Read.All", "Files.ReadWrite.All", "Mail.Read", "Mail.ReadWrite", "Mail.Send"])
    // The seed recommends no permission for these.
    .with_optional(&[
        "Calendars.ReadWrite",
        "Directory.Read.All",
        "Group.Read.All",
        "GroupMember.Read.All",
        "User.ReadWrite.All",
        "Channel.ReadBasic.All",
        "ChannelMessage.Read.All",
        "Chat.Read.All",
        "Presence.Read.All",
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementManagedDevices.ReadWrite.All",
        "DeviceManagementManagedDevices.PrivilegedOperations.All",
        "MailboxFolder.Read.All",
        "MailboxFolder.ReadWrite.All",
        "MailboxItem.Read.All",
        "MailboxItem.Export.All",
        "MailboxItem.ImportExport.All",
        "OnlineMeetings.ReadWrite.All",
        "OnlineMeetingArtifact.Read.All",
        "OnlineMeetingTranscript.Read.All",
        "OnlineMeetingRecording.Read.All",
        "Sites.Manage.All",
        "Sites.Read.All",
        "Sites.ReadWrite.All",
    ]);

/// Methods, permissions and account types.
pub fn spec() -> ConnectionSpec {
    let account_types = vec![
        AccountChoice::new(AccountType::Tenant, "Single tenant"),
        AccountChoice::new(AccountType::Common, "Multitenant"),
        AccountChoice::new(AccountType::Organizations, "Active directory multitenant"),
    ];
    ConnectionSpec::new(SignInSpec::usual(DELEGATED, APPLICATION), account_types).api_version()
}
