//! `delete_calendar_group`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarGroupId, Mailbox};

/// Delete a group of calendars that has none in it. The default group cannot be deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "calendarGroupId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFP9AA==" })]))]
pub struct DeleteCalendarGroup {
    /// Whose groups.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The group.
    calendar_group_id: CalendarGroupId,
}

impl Action for DeleteCalendarGroup {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("delete_calendar_group", "Delete calendar group", Effect::Delete).scopes(CALENDARS_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self
            .mailbox
            .root(cx)?
            .delete("/calendarGroups/{group}")
            .exchange_id("group", self.calendar_group_id.0)
            .deleted())
    }
}
