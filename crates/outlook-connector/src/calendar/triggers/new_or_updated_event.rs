//! `new_or_updated_event`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Result, Spec, Trigger, http::Method, recent};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CALENDARS_SEE;
use crate::vocabulary::{CalendarId, Event as OutlookEvent, Mailbox};
use connector_sdk::watch::Beginning;

/// Watch a calendar for events that are new or have changed. An event fires once for each of its versions; a series is
/// one event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewOrUpdatedEvent {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The calendar; the default is the default calendar.
    calendar_id: Option<CalendarId>,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewOrUpdatedEvent {
    type Event = OutlookEvent;
    type Cursor = recent::Cursor;
    const SPEC: Spec =
        Spec::new("new_or_updated_event", "New or updated event", Effect::Read).scopes(CALENDARS_SEE).real_time();

    fn poll(self, cursor: Option<recent::Cursor>, cx: &Context) -> Result<Plan<Poll<OutlookEvent, recent::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let root = self.mailbox.root(cx)?;
        let calendar = self.calendar_id;
        let list = move |from: Timestamp| {
            let events = CalendarId::below(calendar, &root, Method::GET, "/events")
                .query("$filter", format!("lastModifiedDateTime ge {from:.0}"));
            events.query("$orderby", "lastModifiedDateTime").query("$top", 100)
        };
        Ok(recent::look(recent::USUAL, list, cursor, since, cx.now, |item| {
            let event = Properties::of(&item);
            let version = event.version(&["changeKey", "lastModifiedDateTime"]);
            let (moment, id) = (event.time("lastModifiedDateTime"), format!("{} {version}", event.identity()));
            (moment, Some(Event::new(id, item)))
        }))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "events", &[ChangeType::Created, ChangeType::Updated]).map(Some)
    }
}
