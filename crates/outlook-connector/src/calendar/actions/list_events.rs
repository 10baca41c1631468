//! `list_events`

use connector_sdk::{
    Action, Context, Effect, List, Pages, Plan, Query, QueryWithoutSearch, Result, Spec, http::Method,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarId, Event, Mailbox, Preferences};

/// List the events of a calendar. A series is one event, its master; `get_calendar_view` lists its occurrences.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 5, "query": { "select": ["subject", "start", "end"], "orderby": "start/dateTime" }, "timeZone": "Europe/Berlin" })]))]
pub struct ListEvents {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// OData query options. Graph has no `search` for events: use `search_events`.
    query: Option<QueryWithoutSearch>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for ListEvents {
    type Output = List<Event>;
    const SPEC: Spec = Spec::new("list_events", "List events", Effect::Read).scopes(CALENDARS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Event>>> {
        let mut query = Query::from(self.query.unwrap_or_default());
        query.top.get_or_insert(self.pages.page_size(100));
        let root = self.mailbox.root(cx)?;
        let request = query.apply(CalendarId::below(self.calendar_id, &root, Method::GET, "/events"));
        Ok(self.preferences.apply(request).pages(self.pages.paging()?))
    }
}
