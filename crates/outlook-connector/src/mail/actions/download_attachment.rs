//! `download_attachment`

use connector_sdk::{Action, Code, Context, Effect, Error, File, Plan, Result, Root, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, AttachmentId, Mailbox, MessageId};

/// Download one attachment as a file of any size. An attached item of Outlook comes in MIME format.
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
        let about = path(&root, "").query("$select", ATTACHMENT_FIELDS);
        Ok(about.decode::<Attachment>().and_then(move |attachment| match attachment.file_name() {
            Some(name) => content.download(name),
            None => Plan::fail(Error::new(
                Code::Rejected,
                "this attachment is a link to a file, which has no content of its own",
            )),
        }))
    }
}
