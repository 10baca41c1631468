//! `list_event_changes`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, PagedChanges, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::calendar::window::Window;
use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{Event, Mailbox, Moment, Preferences};

/// List what has changed in the default calendar between two times since an earlier call: what was added, changed or
/// removed. The window is that of the first call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "start": "2026-01-01", "end": "2027-12-31", "timeZone": "Europe/Berlin" })]))]
#[schemars(transform = rules::at_least_one(&["start", "deltaToken", "pageToken"]))]
#[schemars(transform = rules::at_most_one(&["start", "deltaToken"]))]
#[schemars(transform = rules::together(&["start", "end"]))]
#[schemars(transform = rules::at_most_one(&["pageToken", "deltaToken"]))]
pub struct ListEventChanges {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Where the window begins; for the first call.
    start: Option<Moment>,
    /// Where the window ends; for the first call.
    end: Option<Moment>,
    /// The `deltaToken` of an earlier answer; the changes since then are returned.
    #[schemars(length(min = 1))]
    delta_token: Option<String>,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
    /// Limits of the list. Removed items count too.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListEventChanges {
    type Output = PagedChanges<Event>;
    const SPEC: Spec =
        Spec::new("list_event_changes", "List event changes", Effect::Read).scopes(CALENDARS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<PagedChanges<Event>>> {
        let request = self.mailbox.root(cx)?.get("/calendarView/delta");
        let goes_on = self.delta_token.as_ref().or(self.pages.page_token.as_ref());
        let request = match (&self.start, &self.end, goes_on) {
            (None, None, Some(_)) => request,
            (Some(start), Some(end), _) if self.delta_token.is_none() => {
                Window::new(start, end, self.preferences.time_zone.as_ref())?.apply(request)
            }
            _ if self.delta_token.is_some() => {
                return Err(Error::invalid(
                    "/start",
                    "contradicts `deltaToken`, which keeps the window of the first call",
                ));
            }
            _ => return Err(Error::invalid("/start", "`start` and `end` are needed for the first call")),
        };
        let request =
            self.preferences.apply(request.prefer(format!("odata.maxpagesize={}", self.pages.page_size(100))));
        request.changes_by_page(self.delta_token.as_deref(), &self.pages)
    }
}
