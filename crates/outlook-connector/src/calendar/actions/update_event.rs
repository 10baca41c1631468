//! `update_event`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::calendar::online_meeting::{self, NewText};
use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{Event, EventContent, EventId, Mailbox, Preferences, invites};

/// Change an event: a single one, a whole series by the id of its master, or one occurrence by its own. Absent
/// properties stay as they are, null clears a property, and lists are replaced as a whole. Those who are invited get a
/// message. A new `body` of an online meeting keeps the part that says how to join, without which Exchange would end the
/// online meeting; a plain text becomes HTML then.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==", "subject": "Budget meeting, moved", "showAs": "busy", "reminderMinutes": 30 })]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "eventId", "timeZone", "clearEmptyFields"]))]
pub struct UpdateEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// What is to change.
    #[serde(flatten)]
    content: EventContent,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the event, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateEvent {
    type Output = Raw<Event>;
    const SPEC: Spec = Spec::new("update_event", "Update event", Effect::Update).scopes(CALENDARS_WRITE).bulk();

    fn effects(input: &Value) -> Vec<Effect> {
        if invites(input) { vec![Effect::Update, Effect::Send] } else { vec![Effect::Update] }
    }

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Event>>> {
        let shown = Preferences { time_zone: self.content.time_zone.clone(), body_format: None };
        let fields =
            self.content.fields()?.and(self.additional_properties).clear_empty(self.clear_empty_fields).not_empty()?;
        let root = self.mailbox.root(cx)?;
        let event = self.event_id.0;
        let mut fields = fields.into_map();
        let update = root.patch("/events/{event}").exchange_id("event", event.as_str());
        let update = move |fields: Map<String, Value>| shown.apply(update.json(fields).idempotent()).raw();
        let Some(body) = fields.get("body").and_then(NewText::of) else { return Ok(update(fields)) };
        Ok(online_meeting::look(&root, &event).and_then(move |meeting| {
            if let Some(body) = meeting.and_then(|meeting| meeting.kept_in(&body)) {
                fields.insert("body".to_owned(), body);
            }
            update(fields)
        }))
    }
}
