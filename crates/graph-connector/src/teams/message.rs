//! A message to a channel or a chat: what those who send one share.

use connector_sdk::Result;
use outlook_connector::vocabulary::{BodyType, ItemBody};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::teams::mentions::{self, GraphAttachment, GraphMention, Mention, MessageAttachment};
use crate::vocabulary::{MessageImportance, message_body};

/// What is said. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// The text.
    #[schemars(length(min = 1, max = 100_000))]
    body: String,
    /// Whether the text is HTML or plain. The default is plain, and HTML where something is mentioned or attached.
    body_type: Option<BodyType>,
    /// Importance; the default is `normal`.
    importance: Option<MessageImportance>,
    /// Who is mentioned. Each has a mark in the text: `<at id="0">Adele</at>`.
    #[serde(default)]
    #[schemars(length(max = 50))]
    mentions: Vec<Mention>,
    /// Files in SharePoint or OneDrive, and cards, such as Adaptive Cards. An attachment without a mark in the text is
    /// placed at the end.
    #[serde(default)]
    #[schemars(length(max = 25))]
    attachments: Vec<MessageAttachment>,
}

/// A message, as Graph takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    body: ItemBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    importance: Option<MessageImportance>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<GraphMention>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<GraphAttachment>,
}

impl Said {
    /// The message.
    ///
    /// # Errors
    /// `invalid_input` where mentions, attachments and text do not fit together.
    pub fn message(self, subject: Option<String>) -> Result<Message> {
        let needs_html = !self.mentions.is_empty() || !self.attachments.is_empty();
        let is_html = needs_html || self.body_type == Some(BodyType::Html);
        let mut content = self.body;
        let mut message = Message {
            subject,
            body: message_body(String::new(), self.body_type, needs_html)?,
            importance: self.importance,
            mentions: vec![],
            attachments: vec![],
        };
        // In plain text, such an element is a text like any other.
        if is_html {
            message.mentions = mentions::mentions(self.mentions, &content)?;
            message.attachments = mentions::attachments(self.attachments, &mut content)?;
        }
        message.body.content = content;
        Ok(message)
    }
}
