//! `deleted_event`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, DeltaPage, Effect, Plan, Poll, Request, Result, Root, Spec, Trigger, Turns};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::CALENDARS_READ;
use crate::vocabulary::{Gone, Mailbox};
use connector_sdk::watch::{self, Followed};

/// Watch the default calendar for events that leave it, of those that lie between a month ago and a year ahead. Graph
/// reports changes of a fixed window only, so the window is renewed each week. An event that is moved out of the window
/// is still in the calendar and does not fire. An event that returns and leaves again fires again.
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

/// How old a window gets before a new one is read.
const ROLL: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(flatten)]
    place: watch::Cursor,
    // What is gone, so that it can go again when it has come back.
    #[serde(default)]
    gone: Turns,
    // When the window was opened. Older versions did not remember it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opened: Option<Timestamp>,
    // The next window, while it is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Window>,
}

// The changes of a window begin with all that is in it. Only when that was read, the window before it is read to its
// end and left, so that nothing goes unseen between the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    opened: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<watch::Cursor>,
    // Whether all that is in it was read.
    #[serde(default)]
    ready: bool,
}

impl Trigger for DeletedEvent {
    type Event = Gone;
    type Cursor = Cursor;
    const SPEC: Spec = Spec::new("deleted_event", "Deleted event", Effect::Read)
        .scopes(CALENDARS_READ)
        .misses("events that left the calendar")
        .real_time();

    fn poll(self, cursor: Option<Cursor>, cx: &Context) -> Result<Plan<Poll<Gone, Cursor>>> {
        let root = self.mailbox.root(cx)?;
        let now = cx.now;
        Ok(match cursor {
            Some(Cursor { next: Some(next), place, gone, opened }) if !next.ready => {
                ahead(&root, next, now).and_then(move |(next, page)| {
                    let (empty, mut gone) = (page.page.changes.is_empty(), gone);
                    // A window that had to be begun again waits; the other is as it was, and nothing is missed.
                    let more = page.lost.is_none();
                    left(&root, page.page).map(move |page| {
                        let events = watch::departed(page, &mut gone, Gone::read);
                        Poll::new(events, Cursor { place, gone, opened, next: Some(next) })
                            .with_more(more)
                            .with_empty(empty)
                    })
                })
            }
            cursor => watched(root, cursor, now),
        })
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "events", &[ChangeType::Updated, ChangeType::Deleted]).map(Some)
    }
}

fn start(root: &Root, opened: Timestamp) -> Request {
    let (from, until) = (opened.saturating_sub(BEHIND), opened.saturating_add(AHEAD));
    let start = root.get("/calendarView/delta").prefer("odata.maxpagesize=100");
    let start = start.query("startDateTime", format!("{:.0}", from.unwrap_or(opened)));
    start.query("endDateTime", format!("{:.0}", until.unwrap_or(opened)))
}

// Reads a page of the next window.
fn ahead(root: &Root, next: Window, now: Timestamp) -> Plan<(Window, Followed)> {
    watch::page(start(root, next.opened), next.place, now, now).map(move |page| {
        let window = Window { opened: next.opened, place: Some(page.cursor.clone()), ready: !page.page.more };
        (window, page)
    })
}

// Leaves out what is gone from the window and still in the calendar, because its time has changed: Graph tells it as it
// tells what was deleted.
fn left(root: &Root, page: DeltaPage) -> Plan<DeltaPage> {
    let root = root.clone();
    page.still_there(move |id| root.get("/calendar/events/{event}").exchange_id("event", id).query("$select", "id"))
}

// Reads a page of the window that is watched, and leaves it at its end when the next one is ready.
fn watched(root: Root, cursor: Option<Cursor>, now: Timestamp) -> Plan<Poll<Gone, Cursor>> {
    let (place, mut gone, opened, next) = match cursor {
        None => (None, Turns::default(), Some(now), None),
        Some(Cursor { place, gone, opened, next }) => (Some(place), gone, opened, next),
    };
    watch::page(start(&root, now), place, now, now).and_then(move |Followed { page, cursor, more, lost, .. }| {
        let (empty, ended) = (page.changes.is_empty(), !page.more);
        left(&root, page).map(move |page| {
            let events = watch::departed(page, &mut gone, Gone::read);
            // What begins again has a window of now.
            let opened = if lost.is_some() { Some(now) } else { opened };
            let is_old = opened.is_none_or(|opened| opened.saturating_add(ROLL).is_ok_and(|old| now >= old));
            let (cursor, more) = match next {
                Some(Window { place: Some(place), opened, ready: true }) if ended => {
                    (Cursor { place, gone, opened: Some(opened), next: None }, false)
                }
                next if ended && next.is_none() && is_old => {
                    let next = Window { opened: now, place: None, ready: false };
                    (Cursor { place: cursor, gone, opened, next: Some(next) }, true)
                }
                next => (Cursor { place: cursor, gone, opened, next }, more),
            };
            Poll::new(events, cursor).with_more(more).with_empty(empty).with_lost(lost)
        })
    })
}
