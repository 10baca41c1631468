//! `list_calendar_permissions`

use connector_sdk::{Action, Context, Effect, List, Paging, Plan, Result, Spec, http::Method};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{CalendarId, CalendarPermission, Mailbox};

/// List who may see a calendar, and how much of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListCalendarPermissions {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
}

impl Action for ListCalendarPermissions {
    type Output = List<CalendarPermission>;
    const SPEC: Spec =
        Spec::new("list_calendar_permissions", "List calendar permissions", Effect::Read).scopes(CALENDARS_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<CalendarPermission>>> {
        let root = self.mailbox.root(cx)?;
        Ok(CalendarId::below(self.calendar_id, &root, Method::GET, "/calendarPermissions").pages(Paging::default()))
    }
}
