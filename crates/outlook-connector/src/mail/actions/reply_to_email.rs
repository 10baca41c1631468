//! `reply_to_email`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::Files;
use crate::mail::reply::{Answer, Kind};
use crate::mail::send_once::{self, Sent};
use crate::permissions::MAIL_SEND;
use crate::vocabulary::{Address, BodyType, ItemBody, Mailbox, MessageId, NewAttachment};

/// Answer a message: its sender, or everybody who got it. With more recipients or with files, a draft of the answer is
/// made, completed and then sent. With an idempotency key it is sent once, however often the action is tried.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "comment": "Thank you, I will look at it today." })]))]
#[schemars(transform = rules::at_most_one(&["comment", "body"]))]
pub struct ReplyToEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// Answer everybody who got the message, not only its sender.
    #[serde(default)]
    reply_all: bool,
    /// A comment above the original text. Give either this or `body`.
    comment: Option<String>,
    /// The whole text in place of a comment; the original is not quoted below it.
    body: Option<String>,
    /// Whether the text is HTML (the default) or plain.
    #[serde(default)]
    body_type: BodyType,
    /// More recipients, besides the sender and the others that Outlook fills in.
    #[serde(default)]
    #[schemars(length(max = 500))]
    to: Vec<Address>,
    /// More recipients of copies, besides those that Outlook fills in.
    #[serde(default)]
    #[schemars(length(max = 500))]
    cc: Vec<Address>,
    /// The recipients of blind copies.
    #[serde(default)]
    #[schemars(length(max = 500))]
    bcc: Vec<Address>,
    /// Files to attach, each of up to 150 MB.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
}

impl Action for ReplyToEmail {
    type Output = Sent;
    const SPEC: Spec = Spec::new("reply_to_email", "Reply to email", Effect::Send)
        .scopes(MAIL_SEND)
        .cases(send_once::DRAFT_CASES)
        .bulk()
        .resumes();

    fn plan(self, cx: &Context) -> Result<Plan<Sent>> {
        let kind = if self.reply_all { Kind::ReplyAll } else { Kind::Reply };
        let answer = Answer {
            kind,
            message: self.message_id.0,
            comment: self.comment,
            body: self.body.map(|content| ItemBody { content_type: self.body_type, content }),
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            files: Files::check(self.attachments, "attachments", cx)?,
        };
        answer.send(self.mailbox.root(cx)?, cx.key.clone())
    }
}
