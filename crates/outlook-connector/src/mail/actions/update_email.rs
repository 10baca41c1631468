//! `update_email`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec, Zone};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::compose::{DraftEdits, EmailEdits};
use crate::mail::drafts;
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{Mailbox, Message, MessageId};

/// Change a message: whether it is read, its flag, categories, importance. Absent properties stay as they are, and null
/// clears a property. Subject, text and recipients can be changed on drafts only: for messages that were sent or
/// received Graph asks for the permission `Mail-Advanced.ReadWrite` from the end of 2026, which this connector does not
/// request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "isRead": true, "importance": "high", "categories": ["Blue category"] })]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "messageId", "timeZone", "clearEmptyFields"]))]
pub struct UpdateEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// What is to change.
    #[serde(flatten)]
    edits: EmailEdits,
    /// What is to change of a draft.
    #[serde(flatten)]
    letter: DraftEdits,
    /// The time zone of local times, by Windows or IANA name. A day is that day in UTC without it.
    time_zone: Option<Zone>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

impl Action for UpdateEmail {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("update_email", "Update email", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let letter = self.letter.fields()?;
        let of_a_draft = !letter.is_empty();
        let fields = self
            .edits
            .fields(self.time_zone.as_ref())?
            .and_all(letter)
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        let root = self.mailbox.root(cx)?;
        let id = self.message_id.0;
        let change = root.patch("/messages/{message}").exchange_id("message", id.as_str()).json(fields).idempotent();
        Ok(if of_a_draft { drafts::only_a_draft(&root, &id).and_then(|()| change.raw()) } else { change.raw() })
    }
}
