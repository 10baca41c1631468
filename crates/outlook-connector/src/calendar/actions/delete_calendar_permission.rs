//! `delete_calendar_permission`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec, http::Method};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_WRITE;
use crate::vocabulary::{CalendarId, Mailbox};

/// Stop sharing a calendar with somebody.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "permissionId": "Y249bGVlZ0Bjb250b3NvLmV4YW1wbGU=" })]))]
pub struct DeleteCalendarPermission {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// The permission, by its id in `list_calendar_permissions`.
    #[schemars(length(min = 1, max = 1024))]
    permission_id: String,
}

impl Action for DeleteCalendarPermission {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_calendar_permission", "Delete calendar permission", Effect::Delete)
        .scopes(CALENDARS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let root = self.mailbox.root(cx)?;
        let request = CalendarId::below(self.calendar_id, &root, Method::DELETE, "/calendarPermissions/{permission}");
        Ok(request.path_param("permission", self.permission_id).deleted())
    }
}
