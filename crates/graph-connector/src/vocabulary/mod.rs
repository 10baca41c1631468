//! Words that the actions share, each with its description and bounds.

mod column;
mod conversation;
mod drive;
mod exchange;
mod item;
mod managed_device;
mod meeting;
mod meeting_content;
mod search;
mod sharing;
mod site;
mod teams;
mod workbook;

pub use column::NewColumn;
pub use conversation::{ConversationThread, ThreadId};
pub use drive::{Drive, DriveId, DriveName, DriveRoot, DrivesOf};
pub use exchange::{
    ExchangeSettings, ExportedItem, ImportSession, MailboxFolder, MailboxFolderId, MailboxId, MailboxItem,
};
pub use item::{Conflict, DRIVE_ITEM_FIELDS, DriveItem, FolderPlace, ItemId, Place};
pub use managed_device::{
    DeviceActionResult, MANAGED_DEVICE_FIELDS, ManagedDevice, ManagedDeviceId, ONLY_WHEN_SELECTED,
};
pub use meeting::{
    AttendanceRecord, AttendanceReport, CallRecording, CallTranscript, Meeting, MeetingId, OnlineMeeting, Organizer,
    OrganizerId, RecordingId, ReportId, TranscriptId, app_organizer,
};
pub use meeting_content::{
    LobbyBypass, MeetingAttendee, MeetingChat, MeetingOptions, MeetingPlan, MeetingRole, Presenters,
};
pub use search::{EntityType, Index, SearchHit, Sort};
pub use sharing::{
    DriveItemVersion, LinkScope, LinkType, Permission, PermissionId, Role, SharingLink, VersionId, expiration,
};
pub use site::{
    Column, ColumnName, Columns, FieldValues, LIST_FIELDS, ListId, ListItem, ListItemId, ListItemPlace, ListPlace,
    SITE_FIELDS, Site, SiteId, SiteList,
};
pub use teams::{
    Channel, ChannelId, ChannelInfo, Chat, ChatId, ChatMessage, ChatMessageQuery, ChatQuery, MessageImportance,
    Presence, TEAMS_PAGE, Team, TeamId, is_said, message_body, uncounted,
};
pub use workbook::{Book, HeaderRow, Range, SheetRow, TableId, TableRow, Workbook, Worksheet, WorksheetId};
