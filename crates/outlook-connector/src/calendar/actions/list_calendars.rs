//! `list_calendars`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{Calendar, CalendarGroupId, Mailbox};

/// List the calendars of a mailbox: its own, and those that others share with it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 })]))]
pub struct ListCalendars {
    /// Whose calendars.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Only the calendars of this group.
    calendar_group_id: Option<CalendarGroupId>,
    /// OData query options.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListCalendars {
    type Output = List<Calendar>;
    const SPEC: Spec = Spec::new("list_calendars", "List calendars", Effect::Read).scopes(CALENDARS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Calendar>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.calendar_group_id {
            Some(group) => root.get("/calendarGroups/{group}/calendars").exchange_id("group", group.0),
            None => root.get("/calendars"),
        };
        let mut query = self.query.unwrap_or_default();
        query.top.get_or_insert(self.pages.page_size(100));
        Ok(query.apply(request).pages(self.pages.paging()?))
    }
}
