//! `create_reply_draft`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::Files;
use crate::mail::reply::{Answer, Kind};
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{BodyType, ItemBody, Mailbox, Message, MessageId, NewAttachment};

/// Make a draft that answers a message. It can be changed with `update_draft` and sent with `send_draft`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "replyAll": true, "comment": "I agree." })]))]
#[schemars(transform = rules::at_most_one(&["comment", "body"]))]
pub struct CreateReplyDraft {
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
    /// Files to attach, each of up to 150 MB.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
}

impl Action for CreateReplyDraft {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("create_reply_draft", "Create reply draft", Effect::Create).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let kind = if self.reply_all { Kind::ReplyAll } else { Kind::Reply };
        let answer = Answer {
            kind,
            message: self.message_id.0,
            comment: self.comment,
            body: self.body.map(|content| ItemBody { content_type: self.body_type, content }),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            files: Files::check(self.attachments, "attachments", cx)?,
        };
        answer.draft(self.mailbox.root(cx)?)
    }
}
