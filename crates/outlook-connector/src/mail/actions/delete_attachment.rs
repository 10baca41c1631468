//! `delete_attachment`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{AttachmentId, Mailbox, MessageId};

/// Delete an attachment of a message for good: the deleted items keep no attachments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "attachmentId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcUAA==" })]))]
pub struct DeleteAttachment {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The attachment, by its id in `list_attachments`.
    attachment_id: AttachmentId,
}

impl Action for DeleteAttachment {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("delete_attachment", "Delete attachment", Effect::Delete).scopes(MAIL_WRITE).bulk_in_turn();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let request = self.mailbox.root(cx)?.delete("/messages/{message}/attachments/{attachment}");
        Ok(request.exchange_id("message", self.message_id.0).exchange_id("attachment", self.attachment_id.0).deleted())
    }
}
