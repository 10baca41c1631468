//! `list_event_instances`

use connector_sdk::{Action, Context, Count, Effect, List, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::calendar::window::Window;
use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{Event, EventId, Mailbox, Moment, Preferences};

/// List the occurrences of a series between two times, with the exceptions among them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "eventId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAE4iAA==", "start": "2026-01-01", "end": "2027-12-31", "timeZone": "Europe/Berlin", "limit": 5 })]))]
pub struct ListEventInstances {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The master of the series.
    event_id: EventId,
    /// Where the window begins.
    start: Moment,
    /// Where the window ends.
    end: Moment,
    /// Whether to count.
    #[serde(flatten)]
    count: Count,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for ListEventInstances {
    type Output = List<Event>;
    const SPEC: Spec =
        Spec::new("list_event_instances", "List event instances", Effect::Read).scopes(CALENDARS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Event>>> {
        let zone = self.preferences.time_zone.as_ref();
        let window = Window::new(&self.start, &self.end, zone)?;
        let request = self.mailbox.root(cx)?.get("/events/{event}/instances").exchange_id("event", self.event_id.0);
        let request =
            window.apply(request).query("$top", self.pages.page_size(100)).query_opt("$count", self.count.asked());
        Ok(self.preferences.apply(request).pages(self.pages.paging()?))
    }
}
