//! `permanently_delete_email`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{Mailbox, MessageId};

/// Delete a message for good. It does not go to Deleted Items, and its owner cannot recover it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "confirm": true })]))]
pub struct PermanentlyDeleteEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for PermanentlyDeleteEmail {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("permanently_delete_email", "Permanently delete email", Effect::Delete).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(self
            .mailbox
            .root(cx)?
            .post("/messages/{message}/permanentDelete")
            .idempotent()
            .exchange_id("message", self.message_id.0)
            .deleted())
    }
}
