//! Conversations of groups.

use outlook_connector::vocabulary::Recipient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The id of a thread.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 512))]
pub struct ThreadId(pub String);

/// A thread of a group's conversations, as Graph returns it; see [the conversationThread resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/conversationthread
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "conversationThread"))]
pub struct ConversationThread {
    /// The id.
    pub id: String,
    /// What it is about.
    pub topic: Option<String>,
    /// The beginning of the latest post.
    pub preview: Option<String>,
    /// When the latest post came, in UTC.
    pub last_delivered_date_time: Option<String>,
    /// Addresses of those who have written in it.
    pub unique_senders: Option<Vec<String>>,
    /// Whether a post has a file.
    pub has_attachments: Option<bool>,
    /// Whether nobody may write in it any more.
    pub is_locked: Option<bool>,
    /// The recipients of its posts. Graph returns them only when they are selected.
    pub to_recipients: Option<Vec<Recipient>>,
    /// The recipients of copies. Graph returns them only when they are selected.
    pub cc_recipients: Option<Vec<Recipient>>,
}
