//! Mail folders.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A mail folder, as Graph returns it; see [the mailFolder resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/mailfolder
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "mailFolder"))]
pub struct MailFolder {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// The id of the folder that it is in.
    pub parent_folder_id: Option<String>,
    /// How many folders are in it.
    pub child_folder_count: Option<i32>,
    /// How many messages are in it.
    pub total_item_count: Option<i32>,
    /// How many of them are unread.
    pub unread_item_count: Option<i32>,
    /// Whether Outlook hides it.
    pub is_hidden: Option<bool>,
}
