//! Objects of the directory that are deleted: what the triggers of deleted users and groups share.
//!
//! Changes tell that an object is gone, and nothing of when, nor what it was. The list of deleted objects, which keeps
//! 30 days, knows that: so the event tells who it was, two deletions of the same object are told apart though nobody
//! saw it come back, and when the place in the changes is lost, what was deleted meanwhile is found there.

use connector_sdk::{
    Continuation, DeltaItem, DeltaPage, Event, Json, Link, Order, Page, Plan, Poll, Properties, Removed, Request,
    Response, Result, Turns, is_since,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::follow::{self, Again, Followed};
use crate::vocabulary::gone;

/// How something was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Reason {
    /// In any way.
    #[default]
    Any,
    /// So that it can be restored.
    Soft,
    /// For good.
    Permanent,
}

impl Reason {
    /// Whether one with this reason, as Graph words it, is wanted.
    fn includes(self, reason: Option<&str>) -> bool {
        match self {
            Reason::Any => true,
            Reason::Soft => reason == Some("changed"),
            Reason::Permanent => reason == Some("deleted"),
        }
    }
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(flatten)]
    place: follow::Cursor,
    #[serde(flatten)]
    told: Told,
    // The list of deleted objects, while it is read because the place was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovery: Option<Recovery>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Recovery {
    // None where the list begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    // What is gone.
    #[serde(default)]
    gone: Turns,
    // When it was deleted, where that is known.
    #[serde(default)]
    when: Turns,
}

const GONE: &str = "gone";
const SOFT: &str = "changed";
const PAGE: u32 = 999;

/// One look. `changes` begins a round of changes; `deleted` lists the deleted objects, with these fields.
pub fn look<E: Send + 'static>(
    changes: Request,
    deleted: Request,
    fields: &'static str,
    wanted: Reason,
    cursor: Option<Cursor>,
    now: Timestamp,
) -> Plan<Poll<E, Cursor>> {
    let (place, told) = match cursor {
        None => (None, Told::default()),
        Some(Cursor { place, told, recovery: Some(recovery) }) => {
            return recover(deleted, fields, place, told, recovery);
        }
        Some(Cursor { place, told, recovery: None }) => (Some(place), told),
    };
    follow::page(changes, place, None, now, Again::Present).and_then(
        move |Followed { page, cursor, more, lost, .. }| {
            remembered(fields, &page, wanted).map(move |known| {
                let empty = page.changes.is_empty();
                let mut told = told;
                let events = told.events(page, wanted, &known);
                let recovery = (lost.is_some() && wanted.includes(Some(SOFT))).then_some(Recovery { next: None });
                let more = more || recovery.is_some();
                Poll::new(events, Cursor { place: cursor, told, recovery })
                    .with_more(more)
                    .with_empty(empty)
                    .with_lost(lost)
            })
        },
    )
}

// What the recycle bin knows of the objects that are gone and can be restored. It may know nothing: a detail.
fn remembered(fields: &str, page: &DeltaPage, wanted: Reason) -> Plan<Vec<(String, Option<Json>)>> {
    let soft = page.changes.iter().filter_map(|change| match change {
        DeltaItem::Gone(gone) if gone.reason.as_deref() == Some(SOFT) && wanted.includes(Some(SOFT)) => {
            Some(gone.id.clone())
        }
        _ => None,
    });
    let mut ids: Vec<String> = soft.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Plan::done(Vec::new());
    }
    let ask = |id: &String| {
        Request::get("/directory/deletedItems/{object}").path_param("object", id.as_str()).query("$select", fields)
    };
    let requests = ids.iter().map(ask).collect();
    let go = move |answers: Vec<Result<Response>>| {
        let known = |answer: Result<Response>| answer.ok()?.json().ok();
        Plan::done(ids.into_iter().zip(answers.into_iter().map(known)).collect())
    };
    Plan::all_then(requests, Order::Any, Continuation::last(go))
}

// Reads a page of the list of deleted objects.
fn recover<E: Send + 'static>(
    deleted: Request,
    fields: &str,
    place: follow::Cursor,
    mut told: Told,
    recovery: Recovery,
) -> Plan<Poll<E, Cursor>> {
    let list = deleted.query("$select", fields).query("$top", PAGE);
    let page = match recovery.next {
        None => Plan::finish(list, |answer| Page::read(&answer).map(|page| (page, false))),
        Some(link) => list.resume(link, list.clone(), Page::read).map(|resumed| (resumed.page, resumed.lost.is_some())),
    };
    // What passes is tried again; else the gap, which was told, stays one.
    let page = page.map(Ok).or_else(|error| if error.stops_all() { Plan::fail(error) } else { Plan::done(Err(())) });
    page.map(move |page| {
        let Ok((page, again)) = page else {
            return Poll::new(Vec::new(), Cursor { place, told, recovery: None }).with_empty(true);
        };
        let empty = page.items.is_empty();
        let since = place.since();
        let events = page.items.iter().filter_map(|item| told.recovered(item, since)).collect();
        let more = page.next.is_some() && !again;
        let recovery = page.next.map(|next| Recovery { next: Some(next) });
        Poll::new(events, Cursor { place, told, recovery }).with_more(more).with_empty(empty)
    })
}

impl Told {
    fn events<E>(&mut self, page: DeltaPage, wanted: Reason, known: &[(String, Option<Json>)]) -> Vec<Event<E>> {
        let told = page.changes.into_iter().filter_map(|change| match change {
            DeltaItem::There(item) => {
                self.gone.leave(&Properties::of(&item).identity());
                None
            }
            DeltaItem::Gone(removed) => {
                let known = known.iter().find(|(id, _)| *id == removed.id).and_then(|(_, known)| known.as_ref());
                let known = known.filter(|_| removed.reason.as_deref() == Some(SOFT));
                let time = known.and_then(|known| Properties::of(known).text("deletedDateTime"));
                let turn = self.turn(&removed.id, time.as_deref());
                wanted.includes(removed.reason.as_deref()).then(|| gone(&removed, known, turn))
            }
        });
        told.collect()
    }

    // The number of a deletion. Two in one second, which is all that the time tells, differ in that it was seen between
    // them.
    fn turn(&mut self, id: &str, time: Option<&str>) -> u32 {
        if let Some(time) = time {
            // It was gone, came back unseen and is gone again.
            if self.when.knows(id) && !self.when.is_in(id, time) {
                self.gone.leave(id);
            }
            self.when.turn(id, time);
        }
        self.gone.turn(id, GONE)
    }

    // The event of an entry in the list of deleted objects: none for what was deleted before the trigger began.
    fn recovered<E>(&mut self, item: &Json, since: Timestamp) -> Option<Event<E>> {
        let entry = Properties::of(item);
        let (id, time) = (entry.text("id")?, entry.text("deletedDateTime"));
        let known = self.gone.is_in(&id, GONE)
            && time.as_ref().is_none_or(|time| !self.when.knows(&id) || self.when.is_in(&id, time));
        if known || entry.time("deletedDateTime").is_some_and(|time| !is_since(time, since)) {
            return None;
        }
        let turn = self.turn(&id, time.as_deref());
        Some(gone(&Removed::new(id, Some(SOFT.to_owned())), Some(item), turn))
    }
}
