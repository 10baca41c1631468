//! `deleted_event`

use connector_sdk::{Context, Effect, Plan, Poll, Result, Spec, Trigger};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow;
use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{Gone, Mailbox};

/// Watch the default calendar for events that leave it, of those that lie between a month ago and a year ahead of the start of the trigger. What leaves while the place in the changes is lost is not told: Graph does not keep it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct DeletedEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
}

/// How far back events are watched.
const BEHIND: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far ahead events are watched.
const AHEAD: SignedDuration = SignedDuration::from_hours(365 * 24);

impl Trigger for DeletedEvent {
    type Event = Gone;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("deleted_event", "Deleted event", Effect::Read).scopes(CALENDARS_READ);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Gone, follow::Cursor>>> {
        let (from, until) = (cx.now.saturating_sub(BEHIND), cx.now.saturating_add(AHEAD));
        let start = self.mailbox.root(cx)?.get("/calendarView/delta").prefer("odata.maxpagesize=100");
        let start = start.query("startDateTime", format!("{:.0}", from.unwrap_or(cx.now)));
        let start = start.query("endDateTime", format!("{:.0}", until.unwrap_or(cx.now)));
        Ok(follow::follow(start, cursor, cx.now, |page, _| page.removed.into_iter().map(Gone::event).collect()))
    }
}
