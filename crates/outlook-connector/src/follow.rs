//! Following a folder by its changes: what triggers of mail and contacts share.
//!
//! The first round reads all that is there, because Graph cannot begin a round in the middle; what is older than the
//! trigger does not fire. What comes after the first round has changed after it, whatever times it carries: a file that
//! is moved in keeps its old ones. When the place is lost, the round begins again: what fired before has the same event
//! id and is dropped, and nothing is invented.

use connector_sdk::{
    DeltaItem, DeltaPage, Error, Event, Json, Link, Lost, Plan, Poll, Properties, Request, Result, Resumed, Skipped,
    Turns, Whole,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From when on. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Beginning {
    /// Only events at this time or later, as RFC 3339. The default is the time at which the trigger starts.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
}

impl Beginning {
    /// The moment.
    ///
    /// # Errors
    /// `invalid_input` at `/since` for a text that is no time.
    pub fn moment(&self, now: Timestamp) -> Result<Timestamp> {
        // Graph tells times in seconds, so what happens in this second must not look older than now.
        let Some(text) = &self.since else { return Ok(Timestamp::from_second(now.as_second()).unwrap_or(now)) };
        text.parse()
            .map_err(|_| Error::invalid("/since", "this is not a time with a zone; write it as 2026-01-31T08:00:00Z"))
    }
}

/// Where the next look begins.
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

/// Which changes of a page fire.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    moment: Timestamp,
    settled: bool,
}

impl Since {
    /// Items from this time on; after the first round, all that changes, unless the time is still to come `now`.
    pub fn new(moment: Timestamp, settled: bool, now: Timestamp) -> Since {
        Since { moment, settled: settled && now >= moment }
    }

    /// Whether the first round is over, so that all that comes has changed since then.
    pub fn is_settled(self) -> bool {
        self.settled
    }

    /// Whether something fires that was last changed at this time. After the first round all does, because what comes
    /// has changed since then.
    pub fn changed(self, at: Option<Timestamp>) -> bool {
        self.settled || at.is_some_and(|at| at >= self.moment)
    }

    /// Whether an item has to be read whole, because it lacks the time by which the first round tells what is new.
    pub fn lacks(self, item: &Properties<'_>, time: &str) -> bool {
        !self.settled && !item.is_sent(time)
    }

    /// Whether something fires that came to be at the time that this property tells. It counts in every round: what is
    /// older comes too when it is changed, and is not new. Where it was not sent nobody knows: then it is handed on,
    /// but for the first round, which tells what is old too.
    pub fn created(self, item: &Properties<'_>, time: &str) -> bool {
        match item.time(time) {
            Some(at) => at >= self.moment,
            None => self.settled && !item.is_sent(time),
        }
    }

    /// What is to be said of an item that could not be read and did not fire: in the first round it may be new.
    pub fn skipped(self, whole: &Whole) -> Option<Skipped> {
        let error = whole.unread.as_ref().filter(|_| !self.settled)?;
        Some(Skipped::new(format!("the item {}", Properties::of(&whole.item).identity()), error))
    }
}

impl Cursor {
    /// From when on there are events.
    pub fn since(&self) -> Timestamp {
        self.since
    }
}

/// A page of changes, and where the next look begins.
pub struct Followed {
    /// The page.
    pub page: DeltaPage,
    /// Which of its changes fire.
    pub since: Since,
    /// Where the next look begins.
    pub cursor: Cursor,
    /// Whether there is more to see right now.
    pub more: bool,
    /// Why the place was lost, if it was.
    pub lost: Option<Lost>,
}

/// One look at this time: a page of changes. `start` begins a round.
pub fn page(start: Request, cursor: Option<Cursor>, since: Timestamp, now: Timestamp) -> Plan<Followed> {
    let (page, since, settled) = match cursor {
        None => (start.delta_page().map(Resumed::found), since, false),
        Some(Cursor { link, since, settled }) => (start.resume(link, start.clone(), DeltaPage::read), since, settled),
    };
    page.map(move |Resumed { page, lost, .. }| {
        let settled = settled && lost.is_none();
        let cursor = Cursor { link: page.link.clone(), since, settled: settled || !page.more };
        let more = page.more && lost.is_none();
        Followed { page, since: Since::new(since, settled, now), cursor, more, lost }
    })
}

/// One look `now` at a folder: a page of its changes. `start` begins a round. Items that are a `fragment` are read whole with
/// what `ask` makes of their id; `found` makes an event of one, if it is one.
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
            Poll::new(events, cursor).with_more(more).with_empty(empty).with_lost(lost).with_skipped(skipped)
        })
    })
}

/// Where the next look for what is gone begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    #[serde(flatten)]
    place: Cursor,
    // What is gone, so that it can go again when it has come back.
    #[serde(default)]
    gone: Turns,
}

/// One look for what is gone. `read` tells the id of an item, and the event that it is gone, if it is; the event's id
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
        Poll::new(events, Departed { place: cursor, gone }).with_more(more).with_empty(empty).with_lost(lost)
    })
}

/// The events of a page of changes that tell what is gone, as [`departures`] makes them.
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
        Some(Event::new(Turns::event_id(&event.id, turn), event.data.into_json()))
    });
    told.collect()
}

const GONE: &str = "gone";
