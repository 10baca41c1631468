//! Messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attachment, Recipient};

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

impl BodyType {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            BodyType::Html => "html",
            BodyType::Text => "text",
        }
    }
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

impl Importance {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Importance::Low => "low",
            Importance::Normal => "normal",
            Importance::High => "high",
        }
    }
}

/// A message, as Graph returns it; see [the message resource][1]. With `query.select` only the selected properties are
/// returned.
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/message
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "message"))]
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
    /// The actual sender, other than `from` when the message was sent on behalf of somebody.
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
    /// The attachments; only if they were requested.
    pub attachments: Option<Vec<Attachment>>,
}

/// What comes of a message when nothing is selected; more can be asked for by name.
pub const MESSAGE_FIELDS: &[&str] = &[
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "receivedDateTime",
    "sentDateTime",
    "hasAttachments",
    "internetMessageId",
    "subject",
    "bodyPreview",
    "importance",
    "parentFolderId",
    "conversationId",
    "conversationIndex",
    "isDeliveryReceiptRequested",
    "isReadReceiptRequested",
    "isRead",
    "isDraft",
    "webLink",
    "inferenceClassification",
    "body",
    "sender",
    "from",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "flag",
];
