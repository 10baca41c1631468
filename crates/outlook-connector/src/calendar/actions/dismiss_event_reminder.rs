//! `dismiss_event_reminder`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{EventId, Mailbox};

/// Dismiss the reminder of an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==" })]))]
pub struct DismissEventReminder {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
}

/// The outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// The reminder was dismissed.
    dismissed: bool,
}

impl Action for DismissEventReminder {
    type Output = Outcome;
    const SPEC: Spec =
        Spec::new("dismiss_event_reminder", "Dismiss event reminder", Effect::Update).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Outcome>> {
        let request =
            self.mailbox.root(cx)?.post("/events/{event}/dismissReminder").exchange_id("event", self.event_id.0);
        Ok(request.idempotent().accepted().map(|_| Outcome { dismissed: true }))
    }
}
