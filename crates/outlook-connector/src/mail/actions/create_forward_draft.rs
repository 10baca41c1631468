//! `create_forward_draft`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::Files;
use crate::mail::reply::{Answer, Kind};
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{Address, Mailbox, Message, MessageId};

/// Make a draft that forwards a message with its attachments. It can be changed with `update_draft` and sent with
/// `send_draft`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "to": ["alexw@contoso.example"] })]))]
pub struct CreateForwardDraft {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// To whom.
    #[serde(default)]
    #[schemars(length(max = 500))]
    to: Vec<Address>,
    /// A comment above the original text.
    comment: Option<String>,
}

impl Action for CreateForwardDraft {
    type Output = Raw<Message>;
    const SPEC: Spec =
        Spec::new("create_forward_draft", "Create forward draft", Effect::Create).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let answer = Answer {
            kind: Kind::Forward,
            message: self.message_id.0,
            comment: self.comment,
            body: None,
            to: self.to,
            cc: Vec::new(),
            bcc: Vec::new(),
            files: Files::default(),
        };
        answer.draft(self.mailbox.root(cx)?)
    }
}
