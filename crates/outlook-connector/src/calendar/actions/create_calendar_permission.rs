//! `create_calendar_permission`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec, http::Method};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{Address, CalendarId, CalendarPermission, CalendarRole, Mailbox};

/// Share a calendar with somebody. They get an invitation by mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "email": "meganb@contoso.example", "role": "read" })]))]
pub struct CreateCalendarPermission {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// With whom.
    email: Address,
    /// What they may do.
    role: CalendarRole,
}

impl Action for CreateCalendarPermission {
    type Output = Raw<CalendarPermission>;
    const SPEC: Spec = Spec::new("create_calendar_permission", "Create calendar permission", Effect::Create)
        .scopes(CALENDARS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CalendarPermission>>> {
        let root = self.mailbox.root(cx)?;
        let body = json!({ "emailAddress": { "address": self.email.0 }, "role": self.role });
        Ok(CalendarId::below(self.calendar_id, &root, Method::POST, "/calendarPermissions").json(body).raw())
    }
}
