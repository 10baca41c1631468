//! The words that Outlook's things share, each with its description, bounds and picklist.

mod attachment;
mod ids;
mod mail;
mod mailbox;
mod people;
mod time;

pub use attachment::{Attachment, NewAttachment};
pub use ids::{AttachmentId, FolderId, MessageId};
pub use mail::{BodyType, Importance, ItemBody, MESSAGE_FIELDS, Message};
pub use mailbox::{IMMUTABLE_IDS, Mailbox, MailboxId};
pub use people::{Address, EmailAddress, Recipient, recipients};
pub use time::{DateTimeTimeZone, Moment, Preferences};
