//! `list_group_events`

use connector_sdk::schema::rules;
use connector_sdk::{
    Action, Context, Effect, Error, List, Pages, Plan, Query, QueryWithoutSearch, Request, Result, Spec,
};
use entra_connector::vocabulary::GroupId;
use outlook_connector::calendar::window::Window;
use outlook_connector::vocabulary::{Event, Moment, Preferences};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUP_EVENTS_READ;

/// List the events of a group's calendar; or, between two times, single events and the occurrences of series one by
/// one. Only a signed-in user can: Graph has no such permission for apps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" }), json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "start": "2026-01-01", "end": "2027-12-31", "timeZone": "Europe/Berlin", "limit": 5 })]))]
#[schemars(transform = rules::together(&["start", "end"]))]
pub struct ListGroupEvents {
    /// The group: one of Microsoft 365, as others have no calendar.
    group: GroupId,
    /// Begin of the time range. Give `end` too.
    start: Option<Moment>,
    /// Where it ends. Give `start` too.
    end: Option<Moment>,
    /// OData query options.
    query: Option<QueryWithoutSearch>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for ListGroupEvents {
    type Output = List<Event>;
    const SPEC: Spec =
        Spec::new("list_group_events", "List group events", Effect::Read).scopes(GROUP_EVENTS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Event>>> {
        let mut query = Query::from(self.query.unwrap_or_default());
        query.top.get_or_insert(self.pages.page_size(100));
        let list = match (&self.start, &self.end) {
            (None, None) => Request::get("/groups/{group}/events"),
            (Some(start), Some(end)) => Window::new(start, end, self.preferences.time_zone.as_ref())?
                .apply(Request::get("/groups/{group}/calendarView")),
            (Some(_), None) => return Err(Error::invalid("/end", "`start` needs `end` too")),
            (None, Some(_)) => return Err(Error::invalid("/start", "`end` needs `start` too")),
        };
        Ok(self.preferences.apply(query.apply(list.path_param("group", self.group.0))).pages(self.pages.paging()?))
    }
}
