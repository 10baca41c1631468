//! `create_calendar`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{Calendar, CalendarColor, CalendarGroupId, Mailbox};

/// Create a calendar.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "name": "Deliveries", "color": "lightGreen" })]))]
pub struct CreateCalendar {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The name; no other calendar of the mailbox has it.
    #[schemars(length(min = 1, max = 255))]
    name: String,
    /// Colour, one of Outlook's.
    color: Option<CalendarColor>,
    /// Its colour as `#RRGGBB`; it takes precedence over `color`.
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    hex_color: Option<String>,
    /// The group to put it in; the default is the first one.
    calendar_group_id: Option<CalendarGroupId>,
}

impl Action for CreateCalendar {
    type Output = Raw<Calendar>;
    const SPEC: Spec = Spec::new("create_calendar", "Create calendar", Effect::Create).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Calendar>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.calendar_group_id {
            Some(group) => root.post("/calendarGroups/{group}/calendars").exchange_id("group", group.0),
            None => root.post("/calendars"),
        };
        let mut body = json!({ "name": self.name });
        if let Some(color) = self.color {
            body["color"] = json!(color);
        }
        if let Some(color) = self.hex_color {
            body["hexColor"] = json!(color);
        }
        Ok(request.json(body).raw())
    }
}
