//! Who may do what: permissions by route, as Microsoft's permission reference lists them.

use super::fault::{Fault, Service};
use crate::caller::Caller;

/// The permissions of which any one suffices, separated by spaces; `*` asks for none.
pub(crate) struct Access {
    pub(crate) service: Service,
    /// A signed-in user in their own data.
    pub(crate) own: &'static str,
    /// A signed-in user in anybody's data, or in the tenant's.
    pub(crate) any: &'static str,
    /// An app.
    pub(crate) app: &'static str,
}

impl Access {
    const fn mail(own: &'static str, any: &'static str, app: &'static str) -> Access {
        Access { service: Service::Outlook, own, any, app }
    }
    const fn directory(own: &'static str, any: &'static str, app: &'static str) -> Access {
        Access { service: Service::Directory, own, any, app }
    }
    const fn files(own: &'static str, any: &'static str, app: &'static str) -> Access {
        Access { service: Service::Drive, own, any, app }
    }
    const fn teams(own: &'static str, any: &'static str, app: &'static str) -> Access {
        Access { service: Service::Teams, own, any, app }
    }
    /// A user who is signed in reaches only meetings of their own, or to which they are invited.
    const fn meetings(own: &'static str, app: &'static str) -> Access {
        Access::teams(own, "", app)
    }

    /// Whether the caller may; `own` if the path lies in the caller's own data.
    ///
    /// # Errors
    /// 403, worded by the service.
    pub(crate) fn check(&self, caller: &Caller, own: bool) -> Result<(), Fault> {
        let has = |list: &str| list == "*" || list.split(' ').any(|scope| !scope.is_empty() && caller.has(scope));
        let may = match &caller.user {
            None => has(self.app),
            Some(_) => has(self.any) || (own && has(self.own)),
        };
        if may { Ok(()) } else { Err(Fault::denied(self.service)) }
    }
}

pub(crate) static MAIL_READ: Access = Access::mail(
    "Mail.ReadBasic Mail.Read Mail.ReadWrite",
    "Mail.ReadBasic.Shared Mail.Read.Shared Mail.ReadWrite.Shared",
    "Mail.ReadBasic.All Mail.ReadBasic Mail.Read Mail.ReadWrite",
);
/// Bodies and attachments, which `Mail.ReadBasic` does not give.
pub(crate) static MAIL_CONTENT: Access =
    Access::mail("Mail.Read Mail.ReadWrite", "Mail.Read.Shared Mail.ReadWrite.Shared", "Mail.Read Mail.ReadWrite");
pub(crate) static MAIL_WRITE: Access = Access::mail("Mail.ReadWrite", "Mail.ReadWrite.Shared", "Mail.ReadWrite");
/// What nobody may change any more in a message that has been sent, but for this permission.
pub(crate) static MAIL_ADVANCED: Access =
    Access::mail("Mail-Advanced.ReadWrite", "Mail-Advanced.ReadWrite.Shared", "Mail-Advanced.ReadWrite.All Mail-Advanced.ReadWrite");
pub(crate) static MAIL_SEND: Access = Access::mail("Mail.Send", "Mail.Send.Shared", "Mail.Send");

/// Nobody gets at the settings of others in their own name.
pub(crate) static SETTINGS_READ: Access =
    Access::mail("MailboxSettings.Read MailboxSettings.ReadWrite", "", "MailboxSettings.Read MailboxSettings.ReadWrite");
pub(crate) static SETTINGS_WRITE: Access = Access::mail("MailboxSettings.ReadWrite", "", "MailboxSettings.ReadWrite");

pub(crate) static TRANSLATE_IDS: Access = Access::mail(
    "User.Read User.ReadBasic.All User.ReadWrite User.Read.All User.ReadWrite.All",
    "User.ReadBasic.All User.Read.All User.ReadWrite.All",
    "User.Read.All User.ReadWrite.All",
);

pub(crate) static CALENDAR_READ: Access = Access::mail(
    "Calendars.ReadBasic Calendars.Read Calendars.ReadWrite",
    "Calendars.Read.Shared Calendars.ReadWrite.Shared",
    "Calendars.ReadBasic Calendars.ReadBasic.All Calendars.Read Calendars.ReadWrite",
);
pub(crate) static CALENDAR_WRITE: Access = Access::mail("Calendars.ReadWrite", "Calendars.ReadWrite.Shared", "Calendars.ReadWrite");
/// Proposals of meeting times; apps get none.
pub(crate) static MEETING_TIMES: Access =
    Access::mail("Calendars.Read.Shared Calendars.ReadWrite.Shared", "Calendars.Read.Shared Calendars.ReadWrite.Shared", "");
pub(crate) static PLACES_READ: Access = Access::mail("", "Place.Read.All Place.ReadWrite.All", "Place.Read.All Place.ReadWrite.All");
pub(crate) static CONTACT_READ: Access =
    Access::mail("Contacts.Read Contacts.ReadWrite", "Contacts.Read.Shared Contacts.ReadWrite.Shared", "Contacts.Read Contacts.ReadWrite");
pub(crate) static CONTACT_WRITE: Access = Access::mail("Contacts.ReadWrite", "Contacts.ReadWrite.Shared", "Contacts.ReadWrite");

pub(crate) static PEOPLE_READ: Access = Access::mail("People.Read", "People.Read.All", "People.Read.All");

pub(crate) static USER_READ: Access = Access::directory(
    "User.Read User.ReadWrite",
    "User.ReadBasic.All User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "User.ReadBasic.All User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static USER_READ_ALL: Access = Access::directory(
    "User.Read.All",
    "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
/// The memberships and licences of oneself.
pub(crate) static USER_OWN: Access = Access::directory(
    "User.Read User.ReadWrite",
    "User.Read.All User.ReadWrite.All GroupMember.Read.All Directory.Read.All Directory.ReadWrite.All LicenseAssignment.Read.All",
    "User.Read.All User.ReadWrite.All GroupMember.Read.All Directory.Read.All Directory.ReadWrite.All LicenseAssignment.Read.All",
);
pub(crate) static USER_UPDATE: Access = Access::directory(
    "User.ReadWrite",
    "User.ReadWrite.All User.ManageIdentities.All User.EnableDisableAccount.All User-Mail.ReadWrite.All User-Phone.ReadWrite.All Directory.ReadWrite.All",
    "User.ReadWrite.All User.ManageIdentities.All User.EnableDisableAccount.All User-Mail.ReadWrite.All User-Phone.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static USER_CREATE: Access =
    Access::directory("", "User.ReadWrite.All Directory.ReadWrite.All", "User.ReadWrite.All Directory.ReadWrite.All");
pub(crate) static USER_DELETE: Access =
    Access::directory("", "User.ReadWrite.All User.DeleteRestore.All", "User.ReadWrite.All User.DeleteRestore.All");

const GROUP_READ_SCOPES: &str = "GroupMember.Read.All Group.ReadBasic.All Group.Read.All Group.ReadWrite.All GroupMember.ReadWrite.All Directory.Read.All Directory.ReadWrite.All";
pub(crate) static GROUP_READ: Access = Access::directory("", GROUP_READ_SCOPES, GROUP_READ_SCOPES);
pub(crate) static GROUP_CREATE: Access =
    Access::directory("", "Group.ReadWrite.All Directory.ReadWrite.All", "Group.Create Group.ReadWrite.All Directory.ReadWrite.All");
/// Properties of a group, or its members; the handler looks which.
pub(crate) static GROUP_UPDATE: Access = Access::directory(
    "",
    "GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
    "GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static GROUP_WRITE: Access =
    Access::directory("", "Group.ReadWrite.All Directory.ReadWrite.All", "Group.ReadWrite.All Directory.ReadWrite.All");
/// Whoever has a token at all; what else is needed depends on the body.
pub(crate) static ANY_TOKEN: Access = Access::directory("*", "*", "*");

pub(crate) static ORGANIZATION_READ: Access = Access::directory(
    "",
    "User.Read User.Read.All Organization.Read.All Organization.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "User.Read.All Organization.Read.All Organization.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static SKU_READ: Access = Access::directory(
    "",
    "LicenseAssignment.Read.All Organization.Read.All Organization.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "LicenseAssignment.Read.All Organization.Read.All Organization.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static DOMAIN_READ: Access = Access::directory(
    "",
    "Domain.Read.All Domain.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "Domain.Read.All Domain.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);

/// What was deleted, users and groups alike.
pub(crate) static DELETED_READ: Access = Access::directory(
    "",
    "User.Read.All User.ReadWrite.All Group.Read.All Group.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "User.Read.All User.ReadWrite.All Group.Read.All Group.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static DELETED_WRITE: Access = Access::directory(
    "",
    "User.DeleteRestore.All User.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
    "User.DeleteRestore.All User.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static LICENSE_ASSIGN: Access = Access::directory(
    "",
    "LicenseAssignment.ReadWrite.All User.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
    "LicenseAssignment.ReadWrite.All User.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static SESSIONS_REVOKE: Access = Access::directory(
    "User.RevokeSessions.All User.ReadWrite",
    "User.RevokeSessions.All User.ReadWrite.All Directory.ReadWrite.All",
    "User.RevokeSessions.All User.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static MEMBERSHIP_ASK: Access = Access::directory(
    "User.Read",
    "User.Read.All User.ReadBasic.All GroupMember.Read.All Directory.Read.All Directory.ReadWrite.All",
    "User.Read.All User.ReadBasic.All GroupMember.Read.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static USER_INVITE: Access = Access::directory(
    "",
    "User.Invite.All User.ReadWrite.All Directory.ReadWrite.All",
    "User.Invite.All User.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static PHOTO_READ: Access = Access::directory(
    "User.Read User.ReadWrite ProfilePhoto.Read.All",
    "ProfilePhoto.Read.All ProfilePhoto.ReadWrite.All User.ReadBasic.All User.Read.All User.ReadWrite.All",
    "ProfilePhoto.Read.All ProfilePhoto.ReadWrite.All User.Read.All User.ReadWrite.All",
);
pub(crate) static PHOTO_WRITE: Access = Access::directory(
    "User.ReadWrite ProfilePhoto.ReadWrite.All",
    "ProfilePhoto.ReadWrite.All User.ReadWrite.All",
    "ProfilePhoto.ReadWrite.All User.ReadWrite.All",
);
pub(crate) static METHODS_READ: Access = Access::directory(
    "UserAuthenticationMethod.Read UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.Read.All UserAuthenticationMethod.ReadWrite.All",
    "UserAuthenticationMethod.Read.All UserAuthenticationMethod.ReadWrite.All",
);
pub(crate) static METHODS_WRITE: Access = Access::directory(
    "UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.ReadWrite.All UserAuthMethod-TAP.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All UserAuthMethod-TAP.ReadWrite.All",
);
pub(crate) static APPLICATION_READ: Access = Access::directory(
    "",
    "Application.Read.All Application.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "Application.Read.All Application.ReadWrite.OwnedBy Application.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static APPLICATION_WRITE: Access = Access::directory(
    "",
    "Application.ReadWrite.All Directory.ReadWrite.All",
    "Application.ReadWrite.OwnedBy Application.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static ROLE_READ: Access = Access::directory(
    "",
    "RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory Directory.Read.All Directory.ReadWrite.All",
    "RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static ROLE_WRITE: Access = Access::directory("", "RoleManagement.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory");
pub(crate) static UNIT_READ: Access = Access::directory(
    "",
    "AdministrativeUnit.Read.All AdministrativeUnit.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "AdministrativeUnit.Read.All AdministrativeUnit.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static UNIT_WRITE: Access = Access::directory(
    "",
    "AdministrativeUnit.ReadWrite.All Directory.ReadWrite.All",
    "AdministrativeUnit.ReadWrite.All Directory.ReadWrite.All",
);
pub(crate) static DEVICE_READ: Access = Access::directory(
    "",
    "Device.Read.All Directory.Read.All Directory.ReadWrite.All",
    "Device.Read.All Device.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static DEVICE_WRITE: Access =
    Access::directory("", "Directory.AccessAsUser.All", "Device.ReadWrite.All Directory.ReadWrite.All");
pub(crate) static AUDIT_READ: Access = Access::directory("", "AuditLog.Read.All", "AuditLog.Read.All");
pub(crate) static DIRECTORY_READ: Access =
    Access::directory("", "Directory.Read.All Directory.ReadWrite.All", "Directory.Read.All Directory.ReadWrite.All");
pub(crate) static ASSIGNMENT_READ: Access = Access::directory(
    "",
    "AppRoleAssignment.ReadWrite.All Application.Read.All Directory.Read.All Directory.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All Application.Read.All Directory.Read.All Directory.ReadWrite.All",
);
pub(crate) static ASSIGNMENT_WRITE: Access = Access::directory("", "AppRoleAssignment.ReadWrite.All", "AppRoleAssignment.ReadWrite.All");

pub(crate) static FILES_READ: Access = Access::files(
    "Files.Read Files.ReadWrite",
    "Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All",
    "Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All",
);
/// The drives of a site, which whoever may read files may list.
pub(crate) static SITE_DRIVES: Access = Access::files(
    "",
    "Files.Read Files.ReadWrite Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All",
    "Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All",
);
pub(crate) static SITES_READ: Access = Access::files("", "Sites.Read.All Sites.ReadWrite.All", "Sites.Read.All Sites.ReadWrite.All");
pub(crate) static COLUMNS_READ: Access = Access::files(
    "",
    "Sites.Read.All Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All",
    "Sites.Read.All Sites.ReadWrite.All Sites.Manage.All Sites.FullControl.All",
);
pub(crate) static LISTS_MANAGE: Access = Access::files("", "Sites.Manage.All", "Sites.Manage.All Sites.ReadWrite.All");
pub(crate) static LIST_ITEMS_WRITE: Access = Access::files("", "Sites.ReadWrite.All", "Sites.ReadWrite.All");

pub(crate) static FILES_WRITE: Access =
    Access::files("Files.ReadWrite", "Files.ReadWrite.All Sites.ReadWrite.All", "Files.ReadWrite.All Sites.ReadWrite.All");

pub(crate) static TEAM_READ: Access = Access::teams(
    "Team.ReadBasic.All TeamSettings.Read.All TeamSettings.ReadWrite.All User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
    "",
    "Team.ReadBasic.All TeamSettings.Read.All TeamSettings.ReadWrite.All User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All",
);
const CHANNEL_READ_SCOPES: &str = "Channel.ReadBasic.All ChannelSettings.Read.All ChannelSettings.ReadWrite.All Group.Read.All Group.ReadWrite.All Directory.Read.All Directory.ReadWrite.All";
pub(crate) static CHANNEL_READ: Access = Access::teams("", CHANNEL_READ_SCOPES, CHANNEL_READ_SCOPES);
pub(crate) static CHANNEL_MESSAGE_READ: Access = Access::teams(
    "",
    "ChannelMessage.Read.All Group.Read.All Group.ReadWrite.All",
    "ChannelMessage.Read.All Group.Read.All Group.ReadWrite.All",
);
/// Apps may only import what was said elsewhere, which the sandbox does not serve.
pub(crate) static CHANNEL_MESSAGE_SEND: Access = Access::teams("", "ChannelMessage.Send Group.ReadWrite.All", "");
/// Nobody lists the chats of others in their own name.
pub(crate) static CHATS_LIST: Access =
    Access::teams("Chat.ReadBasic Chat.Read Chat.ReadWrite", "", "Chat.ReadBasic.All Chat.Read.All Chat.ReadWrite.All");
pub(crate) static CHAT_READ: Access =
    Access::teams("", "Chat.ReadBasic Chat.Read Chat.ReadWrite", "Chat.ReadBasic.All Chat.Read.All Chat.ReadWrite.All");
pub(crate) static CHAT_MESSAGE_READ: Access = Access::teams("", "Chat.Read Chat.ReadWrite", "Chat.Read.All Chat.ReadWrite.All");
pub(crate) static CHAT_MESSAGE_SEND: Access = Access::teams("", "ChatMessage.Send Chat.ReadWrite", "");
pub(crate) static PRESENCE_READ: Access =
    Access::teams("Presence.Read Presence.Read.All", "Presence.Read.All", "Presence.Read.All Presence.ReadWrite.All");

/// What a sharing link leads to.
pub(crate) static SHARES_READ: Access =
    Access::files("", "Files.ReadWrite Files.ReadWrite.All Sites.ReadWrite.All", "Files.ReadWrite.All Sites.ReadWrite.All");

/// The calendars of groups; apps get at none of them.
pub(crate) static GROUP_EVENTS: Access = Access::mail("", "Group.Read.All Group.ReadWrite.All", "");
pub(crate) static GROUP_THREADS_READ: Access = Access::mail(
    "",
    "Group-Conversation.Read.All Group-Conversation.ReadWrite.All Group.Read.All Group.ReadWrite.All",
    "Group-Conversation.Read.All Group-Conversation.ReadWrite.All Group.Read.All Group.ReadWrite.All",
);
pub(crate) static GROUP_THREADS_WRITE: Access = Access::mail("", "Group-Conversation.ReadWrite.All Group.ReadWrite.All", "");
/// Workbooks; apps get at none.
pub(crate) static EXCEL: Access = Access::files("Files.ReadWrite", "Files.ReadWrite.All", "");
pub(crate) static EXCEL_TABLES: Access = Access::files("Files.Read Files.ReadWrite", "Files.Read.All Files.ReadWrite.All", "");
pub(crate) static MEETINGS_READ: Access =
    Access::meetings("OnlineMeetings.Read OnlineMeetings.ReadWrite", "OnlineMeetings.Read.All OnlineMeetings.ReadWrite.All");
pub(crate) static MEETINGS_WRITE: Access = Access::meetings("OnlineMeetings.ReadWrite", "OnlineMeetings.ReadWrite.All");
pub(crate) static TRANSCRIPTS_READ: Access = Access::meetings("OnlineMeetingTranscript.Read.All", "OnlineMeetingTranscript.Read.All");
pub(crate) static RECORDINGS_READ: Access = Access::meetings("OnlineMeetingRecording.Read.All", "OnlineMeetingRecording.Read.All");
pub(crate) static ATTENDANCE_READ: Access = Access::meetings("OnlineMeetingArtifact.Read.All", "OnlineMeetingArtifact.Read.All");
/// All meetings at once, which only apps may ask for.
pub(crate) static ALL_MEETINGS_READ: Access = Access::meetings("", "OnlineMeetings.Read.All OnlineMeetings.ReadWrite.All");
pub(crate) static ALL_TRANSCRIPTS_READ: Access = Access::meetings("", "OnlineMeetingTranscript.Read.All");
pub(crate) static ALL_RECORDINGS_READ: Access = Access::meetings("", "OnlineMeetingRecording.Read.All");
