//! `forward_event`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{Address, EventId, Mailbox, named_recipients, recipients};

/// Invite more people to a meeting. Its organiser gets to know.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==", "to": ["alexw@contoso.example"] })]))]
pub struct ForwardEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// Whom to invite.
    #[schemars(length(min = 1, max = 500))]
    to: Vec<Address>,
    /// A text that goes with it.
    #[schemars(length(max = 10000))]
    comment: Option<String>,
}

/// The outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// The event was forwarded.
    forwarded: bool,
}

impl Action for ForwardEvent {
    type Output = Outcome;
    const SPEC: Spec = Spec::new("forward_event", "Forward event", Effect::Send).scopes(CALENDARS_READ).bulk();

    fn recipients(input: &Value) -> Option<Vec<String>> {
        Some(named_recipients(input))
    }

    fn plan(self, cx: &Context) -> Result<Plan<Outcome>> {
        let request = self.mailbox.root(cx)?.post("/events/{event}/forward").exchange_id("event", self.event_id.0);
        let body =
            Fields::default().with("comment", self.comment).with("toRecipients", Some(json!(recipients(self.to))));
        Ok(request.json(body).accepted().map(|_| Outcome { forwarded: true }))
    }
}
