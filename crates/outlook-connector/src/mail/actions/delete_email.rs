//! `delete_email`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{Mailbox, MessageId};

/// Delete a message. It goes to Deleted Items and can be recovered from there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==" })]))]
pub struct DeleteEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
}

impl Action for DeleteEmail {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_email", "Delete email", Effect::Delete)
        .undo("The mailbox keeps it among its deleted or recoverable items for as long as the organisation says.")
        .scopes(MAIL_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self.mailbox.root(cx)?.delete("/messages/{message}").exchange_id("message", self.message_id.0).deleted())
    }
}
