//! `list_event_changes`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Changes, Context, Effect, Error, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{Event, Mailbox, Moment, Preferences};
use crate::window::Window;

/// List what has changed in the default calendar between two times since an earlier call: what is new or different, and what is gone. The window is that of the first call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "start": "2026-01-01", "end": "2027-12-31" })]))]
#[schemars(transform = rules::one_of(&["start", "deltaToken"]))]
#[schemars(transform = rules::together(&["start", "end"]))]
pub struct ListEventChanges {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Where the window begins; for the first call.
    start: Option<Moment>,
    /// Where the window ends; for the first call.
    end: Option<Moment>,
    /// The `deltaToken` of an earlier answer, for what has changed since.
    #[schemars(length(min = 1))]
    delta_token: Option<String>,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for ListEventChanges {
    type Output = Changes<Event>;
    const SPEC: Spec = Spec::new("list_event_changes", "List event changes", Effect::Read).scopes(CALENDARS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<Changes<Event>>> {
        let request = self.mailbox.root(cx)?.get("/calendarView/delta");
        let request = match (&self.start, &self.end, &self.delta_token) {
            (Some(start), Some(end), None) => Window::new(start, end, self.preferences.time_zone.as_ref())?.apply(request),
            (None, None, Some(_)) => request,
            (_, _, Some(_)) => return Err(Error::invalid("/start", "contradicts `deltaToken`, which keeps the window of the first call")),
            _ => return Err(Error::invalid("/start", "`start` and `end` are needed for the first call")),
        };
        let request = self.preferences.apply(request.prefer("odata.maxpagesize=100"));
        request.changes_since(self.delta_token.as_deref())
    }
}
