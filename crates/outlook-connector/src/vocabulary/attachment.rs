//! Files that hang on messages and events.

use connector_sdk::{DownloadName, FileRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file to attach, of up to 150 MB.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAttachment {
    /// The file's name, as the recipients see it.
    #[schemars(length(min = 1, max = 255))]
    pub name: String,
    /// The content.
    pub content: FileRef,
    /// The media type, such as `application/pdf`.
    pub content_type: Option<String>,
    /// Whether it is shown inside the text instead of in the list of attachments.
    #[serde(default)]
    pub is_inline: bool,
    /// The name by which an HTML text refers to it: `<img src="cid:logo">` shows the one called `logo`.
    pub content_id: Option<String>,
}

/// An attachment, as Graph returns it; see [the attachment resource][1]. What more there is depends on its kind.
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/attachment
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "attachment"))]
pub struct Attachment {
    /// Its kind: `#microsoft.graph.fileAttachment`, `#microsoft.graph.itemAttachment` or
    /// `#microsoft.graph.referenceAttachment`.
    #[serde(rename = "@odata.type")]
    pub kind: Option<String>,
    /// The id.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The media type.
    pub content_type: Option<String>,
    /// The size in bytes, with what the mail system adds.
    pub size: Option<i32>,
    /// Whether it is shown inside the text.
    pub is_inline: Option<bool>,
    /// When it was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
}

/// What is known of an attachment without its content.
pub const ATTACHMENT_FIELDS: &str = "id,name,contentType,size,isInline,lastModifiedDateTime";

impl Attachment {
    /// The name of the file that its content makes; none for a link, which has no content.
    pub fn file_name(&self) -> Option<DownloadName> {
        let name = self.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "attachment".to_owned());
        match self.kind.as_deref().unwrap_or_default().rsplit('.').next() {
            Some("referenceAttachment") => None,
            // An item of Outlook, in MIME format.
            Some("itemAttachment") => Some(
                DownloadName::default().with_name(format!("{name}.eml")).with_content_type("message/rfc822".to_owned()),
            ),
            _ => Some(DownloadName::default().with_name(name).with_content_type(self.content_type.clone())),
        }
    }
}

/// A file that is the input itself. Used with `#[serde(flatten)]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileToAttach {
    /// The file's name, as it is shown.
    #[schemars(length(min = 1, max = 255))]
    name: String,
    /// The content, up to 150 MB.
    content: FileRef,
    /// The media type, such as `application/pdf`.
    content_type: Option<String>,
    /// Whether it is shown inside the text instead of in the list of attachments.
    #[serde(default)]
    is_inline: bool,
    /// The name by which an HTML text refers to it.
    content_id: Option<String>,
}

impl From<FileToAttach> for NewAttachment {
    fn from(file: FileToAttach) -> NewAttachment {
        let FileToAttach { name, content, content_type, is_inline, content_id } = file;
        NewAttachment { name, content, content_type, is_inline, content_id }
    }
}
