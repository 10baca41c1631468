//! `update_draft`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Result, Spec, http::Method};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::{Files, Item};
use crate::mail::compose::{DraftEdits, MessagePatch};
use crate::mail::drafts;
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{Mailbox, Message, MessageId, NewAttachment};

/// Change a draft. Absent properties stay as they are, null clears a property, and lists of recipients are replaced as
/// a whole. Attachments are added to the existing ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACr_AA==", "subject": "Vacation in May", "to": ["diegos@contoso.example"] })]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "messageId", "clearEmptyFields"]))]
pub struct UpdateDraft {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The draft.
    message_id: MessageId,
    /// What is to change.
    #[serde(flatten)]
    letter: DraftEdits,
    /// What else is to change.
    #[serde(flatten)]
    edits: MessagePatch,
    /// Files to attach, each of up to 150 MB.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attachments: Vec<NewAttachment>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

impl Action for UpdateDraft {
    type Output = Raw<Message>;
    const SPEC: Spec = Spec::new("update_draft", "Update draft", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let files = Files::check(self.attachments, "attachments", cx)?;
        let fields = self.letter.fields()?.and_all(self.edits.fields()?).clear_empty(self.clear_empty_fields);
        if fields.is_empty() && files.is_empty() {
            return Err(Error::invalid("", "there is nothing to change: give at least one property"));
        }
        let root = self.mailbox.root(cx)?;
        let id = self.message_id.0;
        Ok(drafts::only_a_draft(&root, &id).and_then(move |()| {
            let item = Item::message(&root, id.as_str());
            let message = move |method| root.request(method, "/messages/{message}").exchange_id("message", id.as_str());
            let read = message(Method::GET);
            let change = (!fields.is_empty()).then(|| message(Method::PATCH).json(fields).idempotent());
            files.attach_to(item).and_then(move |_| change.unwrap_or(read).raw())
        }))
    }
}
