//! `add_event_attachment`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::attach::{Files, Item, attached};
use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{Attachment, EventId, FileToAttach, Mailbox};

/// Attach a file of up to 150 MB to an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==", "name": "agenda.txt", "content": { "text": "1. Welcome" }, "contentType": "text/plain" })]))]
pub struct AddEventAttachment {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// The file.
    #[serde(flatten)]
    file: FileToAttach,
}

impl Action for AddEventAttachment {
    type Output = Raw<Attachment>;
    const SPEC: Spec = Spec::new("add_event_attachment", "Add event attachment", Effect::Create)
        .scopes(CALENDARS_WRITE)
        .bulk_in_turn();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Attachment>>> {
        let files = Files::single(self.file.into(), cx)?;
        let item = Item::event(&self.mailbox.root(cx)?, self.event_id.0);
        let file = files.only();
        Ok(files.attach_to(item.clone()).and_then(move |mut answers| attached(&item, answers.pop(), &file)))
    }
}
