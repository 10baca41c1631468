//! `cancel_event`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{EventId, Mailbox};

/// Cancel a meeting: those who are invited get a message, and it leaves their calendars. Only its organiser can.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==", "comment": "It is not needed any more." })]))]
pub struct CancelEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// A text that goes with it.
    #[schemars(length(max = 10000))]
    comment: Option<String>,
}

/// The outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// The meeting was cancelled.
    cancelled: bool,
}

impl Action for CancelEvent {
    type Output = Outcome;
    const SPEC: Spec = Spec::new("cancel_event", "Cancel event", Effect::Send).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Outcome>> {
        let request = self.mailbox.root(cx)?.post("/events/{event}/cancel").exchange_id("event", self.event_id.0);
        Ok(request
            .json(Fields::default().with("comment", self.comment))
            .accepted()
            .map(|_| Outcome { cancelled: true }))
    }
}
