//! Mailboxes as Exchange has them: folders of every kind, and the items in them.

use connector_sdk::Request;
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A mailbox: its id from `get_exchange_settings`, such as `MBX:e0643f21@a7809c93`. It is no address. A signed-in user
/// reaches only their own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 320))]
pub struct MailboxId(pub String);

/// A folder of a mailbox: its id, or the name of a folder that is always there, such as `inbox`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 512))]
pub struct MailboxFolderId(pub String);

impl MailboxId {
    /// A request to it, or to something `below` it, such as `/folders`.
    pub fn request(&self, method: Method, below: &str) -> Request {
        Request::new(method, format!("/admin/exchange/mailboxes/{{mailboxId}}{below}"))
            .path_param("mailboxId", self.0.as_str())
    }

    /// A request to one of its folders, or to something `below` that.
    pub fn folder(&self, method: Method, folder: &MailboxFolderId, below: &str) -> Request {
        self.request(method, &format!("/folders/{{folderId}}{below}")).exchange_id("folderId", folder.0.as_str())
    }

    /// A request to the folders in one of its folders, or in its top.
    pub fn folders(&self, method: Method, parent: Option<&MailboxFolderId>) -> Request {
        match parent {
            Some(parent) => self.folder(method, parent, "/childFolders"),
            None => self.request(method, "/folders"),
        }
    }
}

/// The mailboxes of a user, as Exchange returns them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "exchangeSettings"))]
pub struct ExchangeSettings {
    /// The id of the user's mailbox, for the other actions.
    pub primary_mailbox_id: Option<String>,
}

/// A folder of a mailbox, of any kind.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "mailboxFolder"))]
pub struct MailboxFolder {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// Class of its items, such as `IPF.Note` for mail, `IPF.Appointment` or `IPF.Contact`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The id of the folder that it is in.
    pub parent_folder_id: Option<String>,
    /// Number of folders in it.
    pub child_folder_count: Option<i32>,
    /// Number of items in it.
    pub total_item_count: Option<i32>,
}

/// An item of a mailbox, of any kind; what is in it comes by `export_exchange_items`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "mailboxItem"))]
pub struct MailboxItem {
    /// The id.
    pub id: String,
    /// Class of the item, such as `IPM.Note` for a message.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Its size in bytes.
    pub size: Option<i64>,
    /// Its version.
    pub change_key: Option<String>,
    /// Its categories.
    pub categories: Option<Vec<String>>,
    /// When it was made.
    pub created_date_time: Option<String>,
    /// When it was last changed.
    pub last_modified_date_time: Option<String>,
}

/// An item, exported.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "exportItemResponse"))]
pub struct ExportedItem {
    /// The id of the item.
    pub item_id: Option<String>,
    /// Its version.
    pub change_key: Option<String>,
    /// The item as a stream that can be imported again, in base64. It has no form that others could read.
    pub data: Option<String>,
    /// Why it was not exported: `code` and `message`.
    pub error: Option<Map<String, Value>>,
}

/// Where items can be imported.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "mailboxItemImportSession"))]
pub struct ImportSession {
    /// URL to which each item is POSTed. The URL itself grants access: keep it secret, and send no token with it.
    pub import_url: Option<String>,
    /// End of the session.
    pub expiration_date_time: Option<String>,
}
