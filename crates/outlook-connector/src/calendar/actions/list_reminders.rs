//! `list_reminders`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::calendar::window::Window;
use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{Mailbox, Moment, Preferences, Reminder};

/// List the reminders of events between two times.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "start": "2026-01-01", "end": "2027-12-31", "timeZone": "Europe/Berlin" })]))]
pub struct ListReminders {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Where the window begins.
    start: Moment,
    /// Where the window ends.
    end: Moment,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for ListReminders {
    type Output = List<Reminder>;
    const SPEC: Spec = Spec::new("list_reminders", "List reminders", Effect::Read).scopes(CALENDARS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Reminder>>> {
        let zone = self.preferences.time_zone.as_ref();
        let window = Window::new(&self.start, &self.end, zone)?;
        let request = self.mailbox.root(cx)?.get("/reminderView(startDateTime='{start}',endDateTime='{end}')");
        let request = request.path_param("start", window.start).path_param("end", window.end);
        Ok(self.preferences.apply(request).pages(Paging::default()))
    }
}
