//! `send_draft`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::send_once::Sent;
use crate::permissions::MAIL_SEND;
use crate::vocabulary::{Mailbox, MessageId};

/// Send a draft. It moves to Sent Items.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACr_AA==" })]))]
pub struct SendDraft {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The draft.
    message_id: MessageId,
}

impl Action for SendDraft {
    type Output = Sent;
    const SPEC: Spec = Spec::new("send_draft", "Send draft", Effect::Send).scopes(MAIL_SEND).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Sent>> {
        let root = self.mailbox.root(cx)?;
        let send = root.post("/messages/{message}/send").exchange_id("message", self.message_id.0.as_str());
        Ok(send.accepted().map(move |_| Sent { message_id: Some(self.message_id.0), ..Sent::untold() }))
    }
}
