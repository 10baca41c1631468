//! `list_calendar_groups`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarGroup, Mailbox};

/// List the groups of calendars.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListCalendarGroups {
    /// Whose groups.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListCalendarGroups {
    type Output = List<CalendarGroup>;
    const SPEC: Spec =
        Spec::new("list_calendar_groups", "List calendar groups", Effect::Read).scopes(CALENDARS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<CalendarGroup>>> {
        let request = self.mailbox.root(cx)?.get("/calendarGroups").query("$top", self.pages.page_size(100));
        Ok(request.pages(self.pages.paging()?))
    }
}
