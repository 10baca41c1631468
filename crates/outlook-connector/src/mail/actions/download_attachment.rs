//! `download_attachment`

use connector_sdk::{Action, Context, Effect, File, Plan, Result, Root, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attached_file;
use crate::permissions::MAIL_READ;
use crate::vocabulary::{AttachmentId, Mailbox, MessageId};

/// Download one attachment as a file of any size. An attached message comes in MIME format (`.eml`), an event as
/// iCalendar (`.ics`), a contact as a vCard (`.vcf`).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "attachmentId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcUAA==" })]))]
pub struct DownloadAttachment {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The attachment, by its id in `list_attachments`.
    attachment_id: AttachmentId,
}

impl Action for DownloadAttachment {
    type Output = File;
    const SPEC: Spec = Spec::new("download_attachment", "Download attachment", Effect::Read).scopes(MAIL_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let path = |root: &Root, below: &str| {
            let request = root.get(&format!("/messages/{{message}}/attachments/{{attachment}}{below}"));
            request
                .exchange_id("message", self.message_id.0.as_str())
                .exchange_id("attachment", self.attachment_id.0.as_str())
        };
        let root = self.mailbox.root(cx)?;
        let content = path(&root, "/$value");
        Ok(attached_file::download(path(&root, ""), content))
    }
}
