//! `get_attachment`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_READ;
use crate::vocabulary::{Attachment, AttachmentId, Mailbox, MessageId};

/// Get one attachment with its content: a file as base64, another item of Outlook with its properties.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "attachmentId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcUAA==" })]))]
pub struct GetAttachment {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The attachment, by its id in `list_attachments`.
    attachment_id: AttachmentId,
    /// Include the properties of an attached item, such as the text of an attached message.
    #[serde(default)]
    expand_item: bool,
}

impl Action for GetAttachment {
    type Output = Raw<Attachment>;
    const SPEC: Spec = Spec::new("get_attachment", "Get attachment", Effect::Read).scopes(MAIL_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Attachment>>> {
        let request = self.mailbox.root(cx)?.get("/messages/{message}/attachments/{attachment}");
        let request = request.exchange_id("message", self.message_id.0).exchange_id("attachment", self.attachment_id.0);
        Ok(request.query_opt("$expand", self.expand_item.then_some("microsoft.graph.itemAttachment/item")).raw())
    }
}
