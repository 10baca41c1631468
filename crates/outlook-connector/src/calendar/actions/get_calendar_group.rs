//! `get_calendar_group`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarGroup, CalendarGroupId, Mailbox};

/// Get one group of calendars.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "calendarGroupId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFP9AA==" })]))]
pub struct GetCalendarGroup {
    /// Whose groups.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The group.
    calendar_group_id: CalendarGroupId,
}

impl Action for GetCalendarGroup {
    type Output = Raw<CalendarGroup>;
    const SPEC: Spec = Spec::new("get_calendar_group", "Get calendar group", Effect::Read).scopes(CALENDARS_SEE);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CalendarGroup>>> {
        Ok(self.mailbox.root(cx)?.get("/calendarGroups/{group}").exchange_id("group", self.calendar_group_id.0).raw())
    }
}
