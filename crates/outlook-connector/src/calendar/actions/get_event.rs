//! `get_event`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarId, EVENT_FIELDS, Event, EventId, Mailbox, Preferences};

/// Get one event: a single one, the master of a series, or one occurrence of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4hAA==", "timeZone": "Europe/Berlin" })]))]
pub struct GetEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The event.
    event_id: EventId,
    /// The calendar, to find the event only if it is there.
    calendar_id: Option<CalendarId>,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for GetEvent {
    type Output = Raw<Event>;
    const SPEC: Spec = Spec::new("get_event", "Get event", Effect::Read).scopes(CALENDARS_SEE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Event>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.calendar_id {
            Some(calendar) => root.get("/calendars/{calendar}/events/{event}").exchange_id("calendar", calendar.0),
            None => root.get("/events/{event}"),
        };
        let request =
            request.exchange_id("event", self.event_id.0).query_opt("$select", self.select.names(EVENT_FIELDS));
        Ok(self.preferences.apply(request).raw())
    }
}
