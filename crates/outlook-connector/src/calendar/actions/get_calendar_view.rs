//! `get_calendar_view`

use connector_sdk::{
    Action, Context, Effect, List, Pages, Plan, Query, QueryWithoutSearch, Result, Spec, http::Method,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::calendar::window::Window;
use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarId, Event, Mailbox, Moment, Preferences};

/// List what is in a calendar between two times: single events, and the occurrences of series one by one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "start": "2026-01-01", "end": "2027-12-31", "timeZone": "Europe/Berlin", "limit": 5 })]))]
pub struct GetCalendarView {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// Where the window begins.
    start: Moment,
    /// Where the window ends.
    end: Moment,
    /// OData query options.
    query: Option<QueryWithoutSearch>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

impl Action for GetCalendarView {
    type Output = List<Event>;
    const SPEC: Spec = Spec::new("get_calendar_view", "Get calendar view", Effect::Read).scopes(CALENDARS_SEE).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<Event>>> {
        let zone = self.preferences.time_zone.as_ref();
        let window = Window::new(&self.start, &self.end, zone)?;
        let mut query = Query::from(self.query.unwrap_or_default());
        query.top.get_or_insert(self.pages.page_size(100));
        let root = self.mailbox.root(cx)?;
        let request = window.apply(CalendarId::below(self.calendar_id, &root, Method::GET, "/calendarView"));
        Ok(self.preferences.apply(query.apply(request)).pages(self.pages.paging()?))
    }
}
