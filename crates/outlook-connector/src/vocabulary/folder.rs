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
    /// Number of folders in it.
    pub child_folder_count: Option<i32>,
    /// Number of messages in it.
    pub total_item_count: Option<i32>,
    /// Number of unread messages.
    pub unread_item_count: Option<i32>,
    /// Whether Outlook hides it.
    pub is_hidden: Option<bool>,
}

/// A folder that shows what a search finds in others, as Graph returns it; see [the mailSearchFolder resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/mailsearchfolder
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "mailSearchFolder"))]
pub struct MailSearchFolder {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// The id of the folder that it is in.
    pub parent_folder_id: Option<String>,
    /// Number of folders directly in it.
    pub child_folder_count: Option<i32>,
    /// Number of unread messages among those found.
    pub unread_item_count: Option<i32>,
    /// Number of messages found.
    pub total_item_count: Option<i32>,
    /// Whether it is hidden.
    pub is_hidden: Option<bool>,
    /// Whether it can be changed through Graph.
    pub is_supported: Option<bool>,
    /// Whether folders inside the searched ones are searched too.
    pub include_nested_folders: Option<bool>,
    /// The ids of the folders that are searched.
    pub source_folder_ids: Option<Vec<String>>,
    /// The OData expression that is true for what is found.
    pub filter_query: Option<String>,
}
