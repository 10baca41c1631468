//! `update_calendar_permission`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec, http::Method};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarId, CalendarPermission, CalendarRole, Mailbox};

/// Change what somebody may do with a calendar.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "permissionId": "RGVmYXVsdA==", "role": "limitedRead" })]))]
pub struct UpdateCalendarPermission {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// The permission, by its id in `list_calendar_permissions`.
    #[schemars(length(min = 1, max = 1024))]
    permission_id: String,
    /// New role; it must be among the allowed roles.
    role: CalendarRole,
}

impl Action for UpdateCalendarPermission {
    type Output = Raw<CalendarPermission>;
    const SPEC: Spec = Spec::new("update_calendar_permission", "Update calendar permission", Effect::Update)
        .scopes(CALENDARS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<CalendarPermission>>> {
        let root = self.mailbox.root(cx)?;
        let request = CalendarId::below(self.calendar_id, &root, Method::PATCH, "/calendarPermissions/{permission}");
        Ok(request.path_param("permission", self.permission_id).json(json!({ "role": self.role })).idempotent().raw())
    }
}
