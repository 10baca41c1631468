//! What things need, by [Microsoft's permission table][1]: the least privileged first.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/permissions-reference

use connector_sdk::Scopes;

/// To read files.
pub const FILES_READ: Scopes = Scopes::of(
    &[
        "Files.Read",
        "Files.ReadWrite",
        "Files.Read.All",
        "Files.ReadWrite.All",
        "Sites.Read.All",
        "Sites.ReadWrite.All",
    ],
    &["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"],
);

/// To write files, copy and share them, and to go back to what they were.
pub const FILES_WRITE: Scopes = Scopes::of(
    &["Files.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All"],
    &["Files.ReadWrite.All", "Sites.ReadWrite.All"],
);

/// To see the drives of others.
pub const DRIVES_SEE: Scopes =
    Scopes::alike(&["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"]);

/// To begin the upload of a large file, which takes an app more than a small one.
pub const UPLOADS_START: Scopes =
    Scopes::of(&["Files.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All"], &["Sites.ReadWrite.All"]);

/// To change and delete files, and to take permissions away.
pub const FILES_CHANGE: Scopes =
    Scopes::of(&["Files.ReadWrite", "Files.ReadWrite.All"], &["Files.ReadWrite.All", "Sites.ReadWrite.All"]);

/// To see the teams that somebody is in.
pub const TEAMS_SEE: Scopes = Scopes::of(
    &[
        "Team.ReadBasic.All",
        "TeamSettings.Read.All",
        "TeamSettings.ReadWrite.All",
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "Team.ReadBasic.All",
        "TeamSettings.Read.All",
        "TeamSettings.ReadWrite.All",
        "User.Read.All",
        "User.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
);

/// To see the channels of a team.
pub const CHANNELS_SEE: Scopes = Scopes::of(
    &[
        "Channel.ReadBasic.All",
        "ChannelSettings.Read.All",
        "ChannelSettings.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    &[
        "Channel.ReadBasic.All",
        "ChannelSettings.Read.All",
        "ChannelSettings.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "ChannelSettings.Read.Group",
        "ChannelSettings.ReadWrite.Group",
    ],
);

/// To read what is said in channels.
pub const CHANNEL_MESSAGES_READ: Scopes = Scopes::of(
    &["ChannelMessage.Read.All", "Group.Read.All", "Group.ReadWrite.All"],
    &["ChannelMessage.Read.All", "Group.Read.All", "Group.ReadWrite.All", "ChannelMessage.Read.Group"],
);

/// To say something in a channel. An app may only import what was said elsewhere.
pub const CHANNEL_MESSAGES_SEND: Scopes = Scopes::users(&["ChannelMessage.Send", "Group.ReadWrite.All"]);

/// To see which chats there are.
pub const CHATS_SEE: Scopes = Scopes::of(
    &["Chat.ReadBasic", "Chat.Read", "Chat.ReadWrite"],
    &["Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All"],
);

/// To read what is said in chats.
pub const CHATS_READ: Scopes =
    Scopes::of(&["Chat.Read", "Chat.ReadWrite"], &["Chat.Read.All", "Chat.ReadWrite.All", "ChatMessage.Read.Chat"]);

/// To say something in a chat. An app may only import what was said elsewhere.
pub const CHAT_MESSAGES_SEND: Scopes = Scopes::users(&["ChatMessage.Send", "Chat.ReadWrite"]);

/// To see whether others can be reached.
pub const PRESENCE_READ: Scopes = Scopes::of(&["Presence.Read.All"], &["Presence.Read.All", "Presence.ReadWrite.All"]);

/// To see one's own presence. An app has none.
pub const OWN_PRESENCE_READ: Scopes = PRESENCE_READ.and_delegated(&["Presence.Read", "Presence.Read.All"]);

/// To read what a sharing link leads to.
pub const SHARES_READ: Scopes = FILES_WRITE;

/// To read the calendars of groups, which no app can.
pub const GROUP_EVENTS_READ: Scopes = Scopes::users(&["Group.Read.All", "Group.ReadWrite.All"]);

/// To read the conversations of groups.
pub const GROUP_THREADS_READ: Scopes = Scopes::of(
    &["Group-Conversation.Read.All", "Group-Conversation.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All"],
    &["Group-Conversation.Read.All", "Group-Conversation.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All"],
);

/// To write into the conversations of groups, which no app can.
pub const GROUP_THREADS_WRITE: Scopes = Scopes::users(&["Group-Conversation.ReadWrite.All", "Group.ReadWrite.All"]);

// To search: what it takes depends on what is searched for, and an app can search files, lists and sites only.

/// To search messages of Outlook.
pub const SEARCH_MAIL: Scopes = Scopes::users(&["Mail.Read", "Mail.ReadWrite"]);

/// To search messages of Teams.
pub const SEARCH_CHATS: Scopes = Scopes::users(&["Chat.Read", "Chat.ReadWrite", "ChannelMessage.Read.All"]);

/// To search events.
pub const SEARCH_EVENTS: Scopes = Scopes::users(&["Calendars.Read", "Calendars.ReadWrite"]);

/// To search files and document libraries.
pub const SEARCH_FILES: Scopes =
    Scopes::alike(&["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"]);

/// To search what connectors brought in.
pub const SEARCH_EXTERNAL: Scopes = Scopes::users(&["ExternalItem.Read.All"]);

/// To search people.
pub const SEARCH_PEOPLE: Scopes = Scopes::users(&["People.Read", "People.Read.All"]);

/// To search acronyms.
pub const SEARCH_ACRONYMS: Scopes = Scopes::users(&["Acronym.Read.All"]);

/// To search bookmarks.
pub const SEARCH_BOOKMARKS: Scopes = Scopes::users(&["Bookmark.Read.All"]);

// Managed devices.

/// To read managed devices.
pub const MANAGED_DEVICES_READ: Scopes = Scopes::of(
    &["DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All"],
    &["DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All"],
);

/// To change and delete what Intune knows of a device.
pub const MANAGED_DEVICES_WRITE: Scopes =
    Scopes::of(&["DeviceManagementManagedDevices.ReadWrite.All"], &["DeviceManagementManagedDevices.ReadWrite.All"]);

/// For remote actions on devices.
pub const MANAGED_DEVICES_OPERATE: Scopes = Scopes::of(
    &["DeviceManagementManagedDevices.PrivilegedOperations.All"],
    &["DeviceManagementManagedDevices.PrivilegedOperations.All"],
);

/// To wipe devices.
pub const MANAGED_DEVICES_WIPE: Scopes = Scopes::of(
    &["DeviceManagementManagedDevices.ReadWrite.All", "DeviceManagementManagedDevices.PrivilegedOperations.All"],
    &["DeviceManagementManagedDevices.ReadWrite.All", "DeviceManagementManagedDevices.PrivilegedOperations.All"],
);

// Exchange mailboxes.

/// To learn the id of a user's mailbox.
pub const EXCHANGE_SETTINGS: Scopes =
    Scopes::of(&["User.Read.All", "User.ReadWrite.All"], &["User.Read.All", "User.ReadWrite.All"]);

/// To read folders of mailboxes.
pub const MAILBOX_FOLDERS_READ: Scopes = Scopes::of(
    &["MailboxFolder.Read", "MailboxFolder.ReadWrite"],
    &["MailboxFolder.Read.All", "MailboxFolder.ReadWrite.All"],
);

/// To make, change and delete folders of mailboxes.
pub const MAILBOX_FOLDERS_WRITE: Scopes = Scopes::of(&["MailboxFolder.ReadWrite"], &["MailboxFolder.ReadWrite.All"]);

/// To list the items of mailboxes, not what is in them.
pub const MAILBOX_ITEMS_READ: Scopes =
    Scopes::of(&["MailboxItem.Read", "MailboxItem.ReadWrite"], &["MailboxItem.Read.All", "MailboxItem.ReadWrite.All"]);

/// To export items of mailboxes.
pub const MAILBOX_ITEMS_EXPORT: Scopes = Scopes::of(
    &["MailboxItem.Export", "MailboxItem.ImportExport"],
    &["MailboxItem.Export.All", "MailboxItem.ImportExport.All"],
);

/// To import items into mailboxes.
pub const MAILBOX_ITEMS_IMPORT: Scopes = Scopes::of(&["MailboxItem.ImportExport"], &["MailboxItem.ImportExport.All"]);

/// To read and write workbooks: Graph has one permission for both, and none for an app.
pub const EXCEL: Scopes = Scopes::users(&["Files.ReadWrite", "Files.ReadWrite.All"]);

/// To list the tables of a workbook, which takes no permission to write.
pub const EXCEL_TABLES: Scopes =
    Scopes::users(&["Files.Read", "Files.ReadWrite", "Files.Read.All", "Files.ReadWrite.All"]);
/// To read online meetings.
pub const MEETINGS_READ: Scopes = Scopes::of(
    &["OnlineMeetings.Read", "OnlineMeetings.ReadWrite"],
    &["OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All"],
);

/// To make, change and delete online meetings.
pub const MEETINGS_WRITE: Scopes = Scopes::of(&["OnlineMeetings.ReadWrite"], &["OnlineMeetings.ReadWrite.All"]);

/// To read what was said in a meeting.
pub const TRANSCRIPTS_READ: Scopes = Scopes::of(
    &["OnlineMeetingTranscript.Read.All"],
    &["OnlineMeetingTranscript.Read.All", "OnlineMeetingTranscript.Read.Chat"],
);

/// To read the recordings of a meeting.
pub const RECORDINGS_READ: Scopes = Scopes::of(
    &["OnlineMeetingRecording.Read.All"],
    &["OnlineMeetingRecording.Read.All", "OnlineMeetingRecording.Read.Chat"],
);

/// To read who came to a meeting.
pub const ATTENDANCE_READ: Scopes = Scopes::of(
    &["OnlineMeetingArtifact.Read.All"],
    &["OnlineMeetingArtifact.Read.All", "OnlineMeetingArtifact.Read.Chat"],
);

/// To read what was said in all meetings of an organizer, which only apps may.
pub const ALL_TRANSCRIPTS_READ: Scopes = Scopes::apps(&["OnlineMeetingTranscript.Read.All"]);

/// To read the recordings of all meetings of an organizer, which only apps may.
pub const ALL_RECORDINGS_READ: Scopes = Scopes::apps(&["OnlineMeetingRecording.Read.All"]);

/// To read sites, lists and what is in them.
pub const SITES_READ: Scopes =
    Scopes::of(&["Sites.Read.All", "Sites.ReadWrite.All"], &["Sites.Read.All", "Sites.ReadWrite.All"]);

/// To write the items of lists.
pub const LIST_ITEMS_WRITE: Scopes = Scopes::of(&["Sites.ReadWrite.All"], &["Sites.ReadWrite.All"]);

/// To make lists and to change them.
pub const LISTS_MANAGE: Scopes = Scopes::of(&["Sites.Manage.All"], &["Sites.Manage.All", "Sites.ReadWrite.All"]);
