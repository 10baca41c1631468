//! `mark_email_read`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{Mailbox, Message, MessageId};

/// Mark a message as read or unread.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==" }), json!({ "items": [{ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "isRead": false }] })]))]
pub struct MarkEmailRead {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// Whether it is marked as read; the default is true.
    #[serde(default = "yes")]
    is_read: bool,
}

fn yes() -> bool {
    true
}

impl Action for MarkEmailRead {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("mark_email_read", "Mark email as read", Effect::Update)
        .delegated(&["Mail.ReadWrite"])
        .shared(&["Mail.ReadWrite.Shared"])
        .application(&["Mail.ReadWrite"])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let request = self.mailbox.root(cx)?.patch("/messages/{message}").exchange_id("message", self.message_id.0);
        // Setting the same value twice is the same as once.
        Ok(request.json(json!({ "isRead": self.is_read })).idempotent().raw())
    }
}
