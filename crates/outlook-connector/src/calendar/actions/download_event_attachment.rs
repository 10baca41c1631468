//! `download_event_attachment`

use connector_sdk::{Action, Context, Effect, File, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::Item;
use crate::attached_file;
use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{AttachmentId, EventId, Mailbox};

/// Download an attachment of an event as a file of any size. An attached message comes in MIME format (`.eml`), an event
/// as iCalendar (`.ics`), a contact as a vCard (`.vcf`).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFTGAA==", "attachmentId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFTHAA==" })]))]
pub struct DownloadEventAttachment {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// The attachment, by its id in `list_event_attachments`.
    attachment_id: AttachmentId,
}

impl Action for DownloadEventAttachment {
    type Output = File;
    const SPEC: Spec =
        Spec::new("download_event_attachment", "Download event attachment", Effect::Read).scopes(CALENDARS_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let item = Item::event(&self.mailbox.root(cx)?, self.event_id.0);
        let path = |below: &str| {
            item.get(&format!("/attachments/{{attachment}}{below}"))
                .exchange_id("attachment", self.attachment_id.0.as_str())
        };
        Ok(attached_file::download(path(""), path("/$value")))
    }
}
