//! `delete_calendar`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarId, Mailbox};

/// Delete a calendar with all its events. The default calendar cannot be deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "calendarId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIKAA==" })]))]
pub struct DeleteCalendar {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar.
    calendar_id: CalendarId,
    /// Delete it for good, past the deleted items.
    #[serde(default)]
    permanent: bool,
}

impl Action for DeleteCalendar {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_calendar", "Delete calendar", Effect::Delete).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let root = self.mailbox.root(cx)?;
        let request = if self.permanent {
            root.post("/calendars/{calendar}/permanentDelete").repeatable()
        } else {
            root.delete("/calendars/{calendar}")
        };
        Ok(request.item("calendar", self.calendar_id.0).deleted())
    }
}
