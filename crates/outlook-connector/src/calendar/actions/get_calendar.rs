//! `get_calendar`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{Calendar, CalendarId, Mailbox};

/// Get one calendar.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "calendarId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIKAA==" })]))]
pub struct GetCalendar {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar.
    calendar_id: CalendarId,
}

impl Action for GetCalendar {
    type Output = Raw<Calendar>;
    const SPEC: Spec = Spec::new("get_calendar", "Get calendar", Effect::Read).scopes(CALENDARS_SEE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Calendar>>> {
        Ok(self.mailbox.root(cx)?.get("/calendars/{calendar}").exchange_id("calendar", self.calendar_id.0).raw())
    }
}
