//! `update_calendar`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{Calendar, CalendarColor, CalendarId, Mailbox};

/// Change the name or colour of a calendar, or make it the default one. Absent properties stay as they are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "calendarId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIKAA==", "name": "Store openings", "color": "lightTeal" })]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "calendarId", "clearEmptyFields"]))]
pub struct UpdateCalendar {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar.
    calendar_id: CalendarId,
    /// What is to change.
    #[serde(flatten)]
    content: Content,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Content {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    name: Option<String>,
    /// Colour, one of Outlook's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color: Option<CalendarColor>,
    /// Its colour as `#RRGGBB`; it takes precedence over `color`. Null removes it.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    #[schemars(regex(pattern = r"^(#[0-9A-Fa-f]{6})?$"))]
    hex_color: Edit<String>,
    /// Make it the calendar that new events go to when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_default_calendar: Option<bool>,
}

impl Action for UpdateCalendar {
    type Output = Raw<Calendar>;
    const SPEC: Spec = Spec::new("update_calendar", "Update calendar", Effect::Update).scopes(CALENDARS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Calendar>>> {
        let request = self.mailbox.root(cx)?.patch("/calendars/{calendar}").exchange_id("calendar", self.calendar_id.0);
        Ok(request
            .json(Fields::of(&self.content)?.clear_empty(self.clear_empty_fields).not_empty()?)
            .idempotent()
            .raw())
    }
}
