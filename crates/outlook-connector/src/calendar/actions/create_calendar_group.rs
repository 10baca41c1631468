//! `create_calendar_group`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarGroup, Mailbox};

/// Create a group to put calendars in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "name": "Branches" })]))]
pub struct CreateCalendarGroup {
    /// Whose groups.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The name.
    #[schemars(length(min = 1, max = 255))]
    name: String,
}

impl Action for CreateCalendarGroup {
    type Output = Raw<CalendarGroup>;
    const SPEC: Spec =
        Spec::new("create_calendar_group", "Create calendar group", Effect::Create).scopes(CALENDARS_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CalendarGroup>>> {
        Ok(self.mailbox.root(cx)?.post("/calendarGroups").json(json!({ "name": self.name })).raw())
    }
}
