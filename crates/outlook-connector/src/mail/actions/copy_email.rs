//! `copy_email`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, Mailbox, Message, MessageId};

/// Copy a message to another folder. The copy has an id of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "destinationFolderId": "archive" })]))]
pub struct CopyEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The folder that it goes to.
    destination_folder_id: FolderId,
}

impl Action for CopyEmail {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("copy_email", "Copy email", Effect::Create).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let request = self.mailbox.root(cx)?.post("/messages/{message}/copy").exchange_id("message", self.message_id.0);
        Ok(request.json(json!({ "destinationId": self.destination_folder_id.0 })).raw())
    }
}
