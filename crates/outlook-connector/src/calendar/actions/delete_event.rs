//! `delete_event`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarId, EventId, Mailbox};

/// Delete an event. If the owner of the calendar organises it, those who are invited get a cancellation. It goes to
/// Deleted Items.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==" })]))]
pub struct DeleteEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// The calendar, to delete the event only if it is there.
    calendar_id: Option<CalendarId>,
}

impl Action for DeleteEvent {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_event", "Delete event", Effect::Delete).undo(
        "The mailbox keeps it among its deleted or recoverable items for as long as the organisation says; a cancellation that was sent is sent.",
    ).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.calendar_id {
            Some(calendar) => root.delete("/calendars/{calendar}/events/{event}").exchange_id("calendar", calendar.0),
            None => root.delete("/events/{event}"),
        };
        Ok(request.exchange_id("event", self.event_id.0).deleted())
    }
}
