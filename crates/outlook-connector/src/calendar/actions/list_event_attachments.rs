//! `list_event_attachments`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{ATTACHMENT_FIELDS, Attachment, EventId, Mailbox};

/// List the attachments of an event, without their content.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==" })]))]
pub struct ListEventAttachments {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
}

impl Action for ListEventAttachments {
    type Output = List<Attachment>;
    const SPEC: Spec =
        Spec::new("list_event_attachments", "List event attachments", Effect::Read).scopes(CALENDARS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Attachment>>> {
        let request = self.mailbox.root(cx)?.get("/events/{event}/attachments").exchange_id("event", self.event_id.0);
        Ok(request.query("$select", ATTACHMENT_FIELDS).pages(Paging::default()))
    }
}
