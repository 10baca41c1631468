//! Attachments as files: their names, and their content.

use connector_sdk::{Code, DownloadName, Error, File, Plan, Properties, Request};
use serde_json::{Map, Value};

use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment};

/// Downloads the content of an attachment. `about` reads the attachment itself.
pub fn download(about: Request, content: Request) -> Plan<File> {
    let look = about.clone().query("$select", ATTACHMENT_FIELDS);
    look.decode::<Attachment>().and_then(move |attachment| {
        if attachment.is_link() {
            return Plan::fail(Error::new(
                Code::Rejected,
                "this attachment is a link to a file, which has no content of its own",
            ));
        }
        named(attachment, about).and_then(move |name| content.download(name))
    })
}

/// Finds the name of the file that the content of an attachment makes. `about` reads the attachment itself: what an
/// attached item is, only the item tells.
pub fn named(attachment: Attachment, about: Request) -> Plan<DownloadName> {
    if !attachment.is_item() {
        return Plan::done(attachment.file_name(None));
    }
    let look = about.query("$expand", "microsoft.graph.itemattachment/item");
    Plan::finish(look, move |response| {
        let item: Map<String, Value> = Properties::of(&response.json()?).get("item").unwrap_or_default();
        Ok(attachment.file_name(item.get("@odata.type").and_then(Value::as_str)))
    })
}
