//! Ids of Outlook's items, each with the picklist that offers them.

use schemars::JsonSchema;
use serde::Deserialize;

/// A mail folder: its id, or a well-known name such as `inbox`, `drafts`, `sentitems`, `deleteditems`, `archive` or
/// `junkemail`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "mail_folders", "minLength" = 1, "maxLength" = 512))]
pub struct FolderId(pub String);

impl Default for FolderId {
    fn default() -> FolderId {
        FolderId("inbox".to_owned())
    }
}

/// The id of a message.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "messages", "minLength" = 1, "maxLength" = 512))]
pub struct MessageId(pub String);

/// The id of an attachment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 1024))]
pub struct AttachmentId(pub String);

/// The id of a contact.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 512))]
pub struct ContactId(pub String);

/// A folder of contacts by its id, or `contacts` for the one that is always there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "contact_folders", "minLength" = 1, "maxLength" = 512))]
pub struct ContactFolderId(pub String);

/// The id of a calendar.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "calendars", "minLength" = 1, "maxLength" = 512))]
pub struct CalendarId(pub String);

/// The id of a group of calendars.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "calendar_groups", "minLength" = 1, "maxLength" = 512))]
pub struct CalendarGroupId(pub String);

/// The name of a category.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "categories", "minLength" = 1, "maxLength" = 255))]
pub struct CategoryName(pub String);

/// The id of a category.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "category_ids", "format" = "uuid"))]
pub struct CategoryId(pub String);

/// The id of a rule of the inbox.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "message_rules", "minLength" = 1, "maxLength" = 512))]
pub struct RuleId(pub String);

/// The id of an override of the focused inbox.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 512))]
pub struct OverrideId(pub String);

/// The id of an event: a single one, the master of a series, or an occurrence.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "events", "minLength" = 1, "maxLength" = 1024))]
pub struct EventId(pub String);
