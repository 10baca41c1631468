//! `permanently_delete_event`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{EventId, Mailbox};

/// Delete an event for good. It does not go to Deleted Items, and its owner cannot recover it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==", "confirm": true })]))]
pub struct PermanentlyDeleteEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for PermanentlyDeleteEvent {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("permanently_delete_event", "Permanently delete event", Effect::Delete)
        .scopes(CALENDARS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(self
            .mailbox
            .root(cx)?
            .post("/events/{event}/permanentDelete")
            .idempotent()
            .exchange_id("event", self.event_id.0)
            .deleted())
    }
}
