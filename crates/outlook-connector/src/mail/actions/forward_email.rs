//! `forward_email`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::attach::Files;
use crate::mail::reply::{Answer, Kind};
use crate::mail::send_once::{self, Sent};
use crate::permissions::MAIL_SEND;
use crate::vocabulary::{Address, Mailbox, MessageId, NewAttachment, named_recipients};

/// Forward a message with its attachments. With an idempotency key it is sent once, however often the action is tried.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "to": ["alexw@contoso.example"], "comment": "For your files." })]))]
pub struct ForwardEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// To whom.
    #[schemars(length(min = 1, max = 500))]
    to: Vec<Address>,
    /// The recipients of copies.
    #[serde(default)]
    #[schemars(length(max = 500))]
    cc: Vec<Address>,
    /// The recipients of blind copies.
    #[serde(default)]
    #[schemars(length(max = 500))]
    bcc: Vec<Address>,
    /// A comment above the original text.
    comment: Option<String>,
    /// More files to attach, each of up to 150 MB.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
}

impl Action for ForwardEmail {
    type Output = Sent;
    const SPEC: Spec = Spec::new("forward_email", "Forward email", Effect::Send)
        .scopes(MAIL_SEND)
        .cases(send_once::DRAFT_CASES)
        .bulk()
        .resumes();

    fn recipients(input: &Value) -> Option<Vec<String>> {
        Some(named_recipients(input))
    }

    fn plan(self, cx: &Context) -> Result<Plan<Sent>> {
        let answer = Answer {
            kind: Kind::Forward,
            message: self.message_id.0,
            comment: self.comment,
            body: None,
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            files: Files::check(self.attachments, "attachments", cx)?,
        };
        answer.send(self.mailbox.root(cx)?, cx.key.clone())
    }
}
