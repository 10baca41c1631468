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
    /// Returns whether it is an item of Outlook, such as a message.
    pub fn is_item(&self) -> bool {
        self.is_kind("itemAttachment")
    }

    /// Returns whether it is a link, which has no content.
    pub fn is_link(&self) -> bool {
        self.is_kind("referenceAttachment")
    }

    fn is_kind(&self, kind: &str) -> bool {
        self.kind.as_deref().unwrap_or_default().rsplit('.').next() == Some(kind)
    }

    /// Returns the name of the file that its content makes.
    ///
    /// `item` is the type of the item that is attached, where one is: the content of a message is [MIME, of an event
    /// iCalendar, of a contact a vCard][1]. Of what has another type, the response says the media type.
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/api/attachment-get
    pub fn file_name(&self, item: Option<&str>) -> DownloadName {
        let name = self.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "attachment".to_owned());
        if !self.is_item() {
            return DownloadName::default().with_name(name).with_content_type(self.content_type.clone());
        }
        let item = item.unwrap_or_default().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let (extension, media_type) = match item.as_str() {
            "event" => ("ics", "text/calendar"),
            "contact" => ("vcf", "text/vcard"),
            // There are several kinds of messages, such as invitations.
            item if item.ends_with("message") || item.starts_with("eventmessage") => ("eml", "message/rfc822"),
            _ => return DownloadName::default().with_name(name),
        };
        let has_extension =
            name.rsplit_once('.').is_some_and(|(_, written)| written.trim().eq_ignore_ascii_case(extension));
        let name = if has_extension { name } else { format!("{name}.{extension}") };
        DownloadName::default().with_name(name).with_content_type(media_type.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_is_in_it() {
        let named = |kind: &str, name: &str, item: Option<&str>| {
            let attachment = Attachment {
                kind: Some(format!("#microsoft.graph.{kind}")),
                name: Some(name.to_owned()),
                content_type: Some("a/b".to_owned()).filter(|_| kind == "fileAttachment"),
                ..Attachment::default()
            };
            let name = attachment.file_name(item);
            format!("{} {}", name.name.unwrap_or_default(), name.content_type.unwrap_or_default())
        };
        let item = |name: &str, item: &str| named("itemAttachment", name, Some(item));
        assert_eq!(named("fileAttachment", "x.txt", None), "x.txt a/b");
        assert_eq!(item("Lunch", "#microsoft.graph.event"), "Lunch.ics text/calendar");
        assert_eq!(item("Megan", "#microsoft.graph.contact"), "Megan.vcf text/vcard");
        assert_eq!(item("Lunch", "#microsoft.graph.message"), "Lunch.eml message/rfc822");
        assert_eq!(item("Lunch", "#microsoft.graph.eventMessageRequest"), "Lunch.eml message/rfc822");
        assert_eq!(item("lunch.EML", "#microsoft.graph.message"), "lunch.EML message/rfc822");
        assert_eq!(item("Lunch", "#microsoft.graph.somethingNew"), "Lunch ");
        assert_eq!(named("itemAttachment", "Lunch", None), "Lunch ");
    }
}
