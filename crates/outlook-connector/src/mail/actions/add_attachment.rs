//! `add_attachment`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::{Files, Item, attached};
use crate::permissions::MAIL_WRITE;
use crate::vocabulary::{Attachment, FileToAttach, Mailbox, MessageId};

/// Attach a file of up to 150 MB to a draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACr_AA==", "name": "plan.txt", "content": { "text": "To the sea." }, "contentType": "text/plain" })]))]
pub struct AddAttachment {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The draft.
    message_id: MessageId,
    /// The file.
    #[serde(flatten)]
    file: FileToAttach,
}

impl Action for AddAttachment {
    type Output = Raw<Attachment>;
    const SPEC: Spec = Spec::new("add_attachment", "Add attachment", Effect::Create).scopes(MAIL_WRITE).bulk_in_turn();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Attachment>>> {
        let files = Files::single(self.file.into(), cx)?;
        let item = Item::message(&self.mailbox.root(cx)?, self.message_id.0);
        let file = files.only();
        Ok(files.attach_to(item.clone()).and_then(move |mut answers| attached(&item, answers.pop(), &file)))
    }
}
