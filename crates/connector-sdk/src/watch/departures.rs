//! Polls of a list for what is gone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::follow::{Cursor, Followed, page};
use crate::{DeltaItem, DeltaPage, Event, Plan, Poll, Request, Turns};

/// The position of the next poll for what is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    #[serde(flatten)]
    place: Cursor,
    // What is gone, so that it can go again when it has come back.
    #[serde(default)]
    gone: Turns,
}

/// Polls for what is gone. `read` returns the id of an item, and the event that it is gone, if it is; the event's id
/// tells one departure of the same item from the next.
pub fn departures<T: Send + 'static>(
    start: Request,
    cursor: Option<Departed>,
    now: Timestamp,
    read: impl Fn(DeltaItem) -> (String, Option<Event<T>>) + Send + 'static,
) -> Plan<Poll<T, Departed>> {
    let (place, mut gone) = cursor.map_or_else(Default::default, |cursor| (Some(cursor.place), cursor.gone));
    page(start, place, now, now).map(move |Followed { page, cursor, more, lost, .. }| {
        let empty = page.changes.is_empty();
        let events = departed(page, &mut gone, read);
        Poll { events, cursor: Departed { place: cursor, gone }, more, empty, lost, skipped: Vec::new() }
    })
}

/// Returns the events of a page for what is gone, as [`departures`] does.
pub fn departed<T>(
    page: DeltaPage,
    gone: &mut Turns,
    read: impl Fn(DeltaItem) -> (String, Option<Event<T>>),
) -> Vec<Event<T>> {
    let told = page.changes.into_iter().filter_map(|change| {
        let (id, event) = read(change);
        let Some(event) = event else {
            gone.leave(&id);
            return None;
        };
        let turn = gone.turn(&id, GONE);
        Some(Event { id: Turns::event_id(&event.id, turn), ..event })
    });
    told.collect()
}

const GONE: &str = "gone";
