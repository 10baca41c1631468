//! Words that the actions share, each with its description and bounds.

mod drive;
mod item;
mod teams;

pub use drive::{Drive, DriveId, Owner};
pub use item::{Conflict, DRIVE_ITEM_FIELDS, DriveItem, FolderPlace, ItemId, Place, drive_request};
pub use teams::{
    Channel, ChannelId, ChannelInfo, Chat, ChatId, ChatMessage, MessageImportance, Presence, TEAMS_PAGE, Team, TeamId, chat_query,
    message_body, uncounted,
};
