//! `move_email`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FolderId, Mailbox, Message, MessageId};

/// Move a message to another folder. Its immutable id stays the same.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "destinationFolderId": "archive" })]))]
pub struct MoveEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The folder that it goes to.
    destination_folder_id: FolderId,
}

impl Action for MoveEmail {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("move_email", "Move email", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let request = self.mailbox.root(cx)?.post("/messages/{message}/move").exchange_id("message", self.message_id.0);
        Ok(request.json(json!({ "destinationId": self.destination_folder_id.0 })).raw())
    }
}
