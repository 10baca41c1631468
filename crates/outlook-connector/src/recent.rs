//! Watching a list by a time that its items carry: for what Graph has no changes of, or not all of them.

use connector_sdk::{Event, Json, Link, Page, Plan, Poll, Request};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How far before the newest item the next look begins. Items appear late at times; what is read twice has the same event id and is dropped.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    // Nothing from before fires.
    since: Timestamp,
    // The newest time that was seen.
    newest: Timestamp,
    // The next page of the same look.
    link: Option<Link>,
}

/// One look: a page of what is recent. `list` asks for items from a time on; `found` tells an item's time,
/// and the event that it is, if it is one.
pub fn look<T: Send + 'static>(
    list: impl FnOnce(Timestamp) -> Request,
    cursor: Option<Cursor>,
    since: Timestamp,
    found: impl Fn(Json) -> Option<(Timestamp, Option<Event<T>>)> + Send + 'static,
) -> Plan<Poll<T, Cursor>> {
    let Cursor { since, newest, link } = cursor.unwrap_or(Cursor { since, newest: since, link: None });
    let from = newest.saturating_sub(OVERLAP).unwrap_or(since).max(since);
    let request = list(from);
    let request = match link {
        Some(link) => request.at(link),
        None => request,
    };
    Plan::finish(request, move |answer| {
        let page = Page::read(&answer)?;
        let mut newest = newest;
        let mut events = Vec::new();
        for (moment, event) in page.items.into_iter().filter_map(found) {
            newest = newest.max(moment);
            events.extend(event.filter(|_| moment >= since));
        }
        let more = page.next.is_some();
        Ok(Poll { events, cursor: Cursor { since, newest, link: page.next }, more })
    })
}
