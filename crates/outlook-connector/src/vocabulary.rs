//! The words that Outlook's actions share, each with its description, bounds and picklist.

use connector_sdk::{Context, Result, Root};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A mailbox: the user principal name or object id of its owner. Without it, the signed-in user's own, or the default user of an app's connection.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 320))]
pub struct MailboxId(pub String);

impl MailboxId {
    /// The root of the mailbox's data, with ids that survive a move between folders.
    ///
    /// # Errors
    /// `invalid_input` when an app is signed in and no mailbox is known.
    pub fn root(mailbox: Option<&MailboxId>, cx: &Context) -> Result<Root> {
        Ok(cx.person(mailbox.map(|mailbox| mailbox.0.as_str()), "mailbox")?.prefer(IMMUTABLE_IDS))
    }
}

/// Ids that stay the same when an item moves; see [immutable identifiers][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/outlook-immutable-id
pub const IMMUTABLE_IDS: &str = r#"IdType="ImmutableId""#;

/// A mail folder: its id, or a well-known name such as `inbox`, `drafts`, `sentitems`, `deleteditems`, `archive` or `junkemail`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "mail_folders", "minLength" = 1, "maxLength" = 512))]
pub struct FolderId(pub String);

impl Default for FolderId {
    fn default() -> FolderId {
        FolderId("inbox".to_owned())
    }
}

/// An email address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("format" = "email", "maxLength" = 320))]
pub struct Address(pub String);

/// An address as Graph writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// The name and address.
    pub email_address: EmailAddress,
}

/// A name with its address, as Graph writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EmailAddress {
    /// The name of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl From<Address> for Recipient {
    fn from(address: Address) -> Recipient {
        Recipient { email_address: EmailAddress { name: None, address: Some(address.0) } }
    }
}

/// Whether a body is HTML or plain text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum BodyType {
    /// HTML.
    #[default]
    Html,
    /// Plain text.
    Text,
}

/// A body as Graph writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemBody {
    /// Whether it is HTML or plain text.
    pub content_type: BodyType,
    /// The text.
    pub content: String,
}

/// How important a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Importance {
    /// Low.
    Low,
    /// Normal.
    Normal,
    /// High.
    High,
}

/// A message, as Graph returns it; see [the message resource][1]. With `query.select` only the chosen properties come.
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/message
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The immutable id: it stays the same when the message moves to another folder.
    pub id: String,
    /// The subject.
    pub subject: Option<String>,
    /// The first 255 characters of the body, as text.
    pub body_preview: Option<String>,
    /// The body.
    pub body: Option<ItemBody>,
    /// Who wrote it.
    pub from: Option<Recipient>,
    /// Who sent it; another than `from` when it was sent on behalf.
    pub sender: Option<Recipient>,
    /// The primary recipients.
    pub to_recipients: Option<Vec<Recipient>>,
    /// The recipients of copies.
    pub cc_recipients: Option<Vec<Recipient>>,
    /// The recipients of blind copies.
    pub bcc_recipients: Option<Vec<Recipient>>,
    /// Where replies go.
    pub reply_to: Option<Vec<Recipient>>,
    /// When it arrived, in UTC.
    pub received_date_time: Option<String>,
    /// When it was sent, in UTC.
    pub sent_date_time: Option<String>,
    /// When it was created, in UTC.
    pub created_date_time: Option<String>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// The version; it changes with every change of the message.
    pub change_key: Option<String>,
    /// The id of the folder it is in.
    pub parent_folder_id: Option<String>,
    /// The id of its conversation.
    pub conversation_id: Option<String>,
    /// The id by which mail servers know it (RFC 2822).
    pub internet_message_id: Option<String>,
    /// How important it is.
    pub importance: Option<Importance>,
    /// The names of its categories.
    pub categories: Option<Vec<String>>,
    /// Whether it has attachments that are not inline.
    pub has_attachments: Option<bool>,
    /// Whether it was read.
    pub is_read: Option<bool>,
    /// Whether it is a draft.
    pub is_draft: Option<bool>,
    /// Where to open it in Outlook on the web.
    pub web_link: Option<String>,
}
