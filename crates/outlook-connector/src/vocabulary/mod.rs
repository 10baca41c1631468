//! The words that Outlook's things share, each with its description, bounds and picklist.

mod attachment;
mod availability;
mod calendar;
mod contact;
mod event;
mod flag;
mod folder;
mod ids;
mod mail;
mod mailbox;
mod outcome;
mod people;
mod person;
mod recurrence;
mod rule;
mod settings;
mod time;

pub use attachment::{ATTACHMENT_FIELDS, Attachment, FileToAttach, NewAttachment};
pub use availability::{MeetingTimes, Reminder, Room, RoomList, ScheduleInformation};
pub use calendar::{Calendar, CalendarColor, CalendarGroup, CalendarPermission, CalendarRole};
pub use contact::{CONTACT_FIELDS, Contact, ContactContent, ContactFolder, NamedAddress, PhysicalAddress};
pub use event::{Attendee, EVENT_FIELDS, Event, EventContent, Invited, Place, invites};
pub use flag::{Flag, FlagContent, FlagStatus, InferenceClassification};
pub use folder::{MailFolder, MailSearchFolder};
pub use ids::{
    AttachmentId, CalendarGroupId, CalendarId, CategoryId, CategoryName, ContactFolderId, ContactId, EventId, FolderId,
    MessageId, OverrideId, RuleId,
};
pub use mail::{BodyType, Importance, ItemBody, MESSAGE_FIELDS, Message};
pub use mailbox::{IMMUTABLE_IDS, Mailbox, MailboxId};
pub use outcome::{Gone, Updated};
pub use people::{Address, EmailAddress, KnownAddress, Recipient, named_recipients, recipients};
pub use person::Person;
pub use recurrence::{Recurrence, RecurrencePattern, RecurrenceRange, WeekIndex};
pub use rule::{ActionFlag, MessageRule, RuleActions, RuleConditions, Sensitivity, SizeRange, sends_on};
pub use settings::{
    CategoryColor, DayOfWeek, DelegateDelivery, ExternalAudience, FocusedInboxOverride, IdType, Language, LocaleInfo,
    MailTip, MailTips, MailboxSettings, OutlookCategory, ReplyStatus, TimeZoneInformation, TranslatedId, WorkingHours,
};
pub use time::{DateTimeTimeZone, Moment, Preferences};
