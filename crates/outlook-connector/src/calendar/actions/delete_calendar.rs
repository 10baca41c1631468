//! `delete_calendar`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Error, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarId, Mailbox};

/// Delete a calendar with all its events. The default calendar cannot be deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "calendarId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIKAA==" })]))]
#[schemars(transform = rules::needed_with(&["confirm=true", "permanent=true"]))]
pub struct DeleteCalendar {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar.
    calendar_id: CalendarId,
    /// Delete it for good, without moving it to the deleted items.
    #[serde(default)]
    permanent: bool,
    /// Confirms a deletion for good, which cannot be undone. With `permanent`, it must be true.
    #[serde(default)]
    #[schemars(with = "Confirm")]
    confirm: Option<Confirm>,
}

impl Action for DeleteCalendar {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_calendar", "Delete calendar", Effect::Delete)
        .undo("The mailbox keeps it among its deleted items for as long as the organisation says, unless `permanent` is set.")
        .scopes(CALENDARS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        if self.permanent && self.confirm.is_none() {
            return Err(Error::invalid(
                "/confirm",
                "a calendar that is deleted for good cannot be brought back, so this must be true",
            ));
        }
        let root = self.mailbox.root(cx)?;
        let request = if self.permanent {
            root.post("/calendars/{calendar}/permanentDelete").idempotent()
        } else {
            root.delete("/calendars/{calendar}")
        };
        Ok(request.exchange_id("calendar", self.calendar_id.0).deleted())
    }
}
