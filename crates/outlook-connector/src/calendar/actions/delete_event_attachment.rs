//! `delete_event_attachment`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{AttachmentId, EventId, Mailbox};

/// Delete an attachment of an event for good: the deleted items keep no attachments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFTGAA==", "attachmentId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFTHAA==" })]))]
pub struct DeleteEventAttachment {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// The attachment, by its id in `list_event_attachments`.
    attachment_id: AttachmentId,
}

impl Action for DeleteEventAttachment {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_event_attachment", "Delete event attachment", Effect::Delete)
        .scopes(CALENDARS_WRITE)
        .bulk_in_turn();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let request = self.mailbox.root(cx)?.delete("/events/{event}/attachments/{attachment}");
        Ok(request.exchange_id("event", self.event_id.0).exchange_id("attachment", self.attachment_id.0).deleted())
    }
}
