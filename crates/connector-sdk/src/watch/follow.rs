//! Polls of a list by its changes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Since;
use crate::{DeltaPage, Event, Json, Link, Lost, Plan, Poll, Properties, Request, Resumed};

/// The position of the next poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    link: Link,
    // Nothing from before fires, whatever happens to the link.
    since: Timestamp,
    // Whether the first round is over: what comes now is new. Older versions did not remember it, and a round later it
    // is known.
    #[serde(default)]
    settled: bool,
}

impl Cursor {
    /// Returns the time from which there are events.
    pub fn since(&self) -> Timestamp {
        self.since
    }
}

/// A page of changes, and the position of the next poll.
pub struct Followed {
    /// Page of changes.
    pub page: DeltaPage,
    /// Rule by which its changes fire.
    pub since: Since,
    /// Position of the next poll.
    pub cursor: Cursor,
    /// Whether there is more to see right now.
    pub more: bool,
    /// Reason why the position was lost, if it was.
    pub lost: Option<Lost>,
}

/// Polls a page of changes, `now`. `start` begins a round.
pub fn page(start: Request, cursor: Option<Cursor>, since: Timestamp, now: Timestamp) -> Plan<Followed> {
    let (page, since, settled) = match cursor {
        None => (start.delta_page().map(Resumed::found), since, false),
        Some(Cursor { link, since, settled }) => (start.resume(link, start.clone(), DeltaPage::read), since, settled),
    };
    page.map(move |Resumed { page, lost }| {
        let settled = settled && lost.is_none();
        let cursor = Cursor { link: page.link.clone(), since, settled: settled || !page.more };
        let more = page.more && lost.is_none();
        Followed { page, since: Since::new(since, settled, now), cursor, more, lost }
    })
}

/// Polls a page of changes, `now`, as events. `start` begins a round. Items that are a `fragment` are read whole with what
/// `ask` makes of their id; `found` makes an event of one, if it is one.
pub fn follow<T: Send + 'static>(
    start: Request,
    cursor: Option<Cursor>,
    (since, now): (Timestamp, Timestamp),
    fragment: impl Fn(&Properties<'_>, Since) -> bool + Send + 'static,
    ask: impl Fn(&str) -> Request + Send + 'static,
    mut found: impl FnMut(Json, Since) -> Option<Event<T>> + Send + 'static,
) -> Plan<Poll<T, Cursor>> {
    page(start, cursor, since, now).and_then(move |Followed { page, since, cursor, more, lost }| {
        let empty = page.changes.is_empty();
        page.whole(|item| fragment(item, since), ask).map(move |page| {
            let (mut events, mut skipped) = (Vec::new(), Vec::new());
            for whole in page.items() {
                let perhaps = since.skipped(&whole);
                let event = found(whole.item, since);
                skipped.extend(perhaps.filter(|_| event.is_none()));
                events.extend(event);
            }
            Poll { events, cursor, more, empty, lost, skipped }
        })
    })
}
