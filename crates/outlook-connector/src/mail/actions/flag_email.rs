//! `flag_email`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec, Zone};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{FlagContent, Mailbox, Message, MessageId};

/// Flag a message for follow-up, mark the flag as complete, or remove it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "status": "flagged", "start": "2026-05-04T09:00", "due": "2026-05-08T17:00", "timeZone": "Europe/Berlin" })]))]
pub struct FlagEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The flag.
    #[serde(flatten)]
    flag: FlagContent,
    /// The time zone of local times, by Windows or IANA name. A day is that day in UTC without it.
    time_zone: Option<Zone>,
}

impl Action for FlagEmail {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("flag_email", "Flag email", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let flag = self.flag.written(self.time_zone.as_ref(), "")?;
        let request = self.mailbox.root(cx)?.patch("/messages/{message}").exchange_id("message", self.message_id.0);
        Ok(request.json(json!({ "flag": flag })).idempotent().raw())
    }
}
