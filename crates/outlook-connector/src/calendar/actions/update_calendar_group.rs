//! `update_calendar_group`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarGroup, CalendarGroupId, Mailbox};

/// Rename a group of calendars. The default group keeps its name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "calendarGroupId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFP9AA==", "name": "Areas" })]))]
pub struct UpdateCalendarGroup {
    /// Whose groups.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The group.
    calendar_group_id: CalendarGroupId,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    name: String,
}

impl Action for UpdateCalendarGroup {
    type Output = Raw<CalendarGroup>;
    const SPEC: Spec =
        Spec::new("update_calendar_group", "Update calendar group", Effect::Update).scopes(CALENDARS_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CalendarGroup>>> {
        let request =
            self.mailbox.root(cx)?.patch("/calendarGroups/{group}").exchange_id("group", self.calendar_group_id.0);
        Ok(request.json(json!({ "name": self.name })).idempotent().raw())
    }
}
