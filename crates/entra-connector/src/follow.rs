//! Following changes of the directory: what the triggers of users and groups share.
//!
//! A trigger begins at the present unless it has a `since`; then the first round reads all that is there. When
//! the place is lost, those that can tell old from new read all again: what fired
//! before has the same event id and is dropped. The others go on at the present, invent nothing, and tell the gap.

use connector_sdk::watch::{parse_since, since_again};
use connector_sdk::{
    DeltaPage, Event, Link, Lost, Plan, Poll, Properties, Request, Result, Resumed, Skipped, Turns, Whole, is_since,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::vocabulary::ObjectId;

/// From when on. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Beginning {
    /// Only items created at this time or later, as RFC 3339. The default is the time at which the trigger starts.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
}

impl Beginning {
    /// The moment, if one is given.
    ///
    /// # Errors
    /// `invalid_input` at `/since` for a text that is no time.
    pub fn moment(&self) -> Result<Option<Timestamp>> {
        self.since.as_deref().map(parse_since).transpose()
    }
}

/// Only these objects. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Only {
    /// Only these objects, by their ids; the default is all of them. Graph follows at most 50.
    #[schemars(length(min = 1, max = 50))]
    filter_ids: Option<Vec<ObjectId>>,
}

impl Only {
    /// As a condition of the delta query.
    pub fn apply(&self, request: Request) -> Request {
        let one = |id: &ObjectId| format!("id eq {}", connector_sdk::odata::string(&id.0));
        let filter = self.filter_ids.as_ref().map(|ids| ids.iter().map(one).collect::<Vec<_>>().join(" or "));
        request.query_opt("$filter", filter)
    }
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    link: Link,
    // Nothing that was created before fires, whatever happens to the link.
    since: Timestamp,
    // When a round was last read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<Timestamp>,
}

impl Cursor {
    /// From when on there are events.
    pub fn since(&self) -> Timestamp {
        self.since
    }
}

/// Where the next look begins, and what was told last of each object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembering {
    #[serde(flatten)]
    place: Cursor,
    #[serde(default)]
    told: Turns,
    // How often the place was lost. What was told before may have been undone meanwhile, so the numbers begin anew.
    #[serde(default)]
    losses: u32,
}

/// What to do when the place is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Read all that is there again.
    All,
    /// Go on at the present.
    Present,
}

/// A page of changes, and where the next look begins.
pub struct Followed {
    /// The page.
    pub page: DeltaPage,
    /// Nothing that was created before fires.
    pub since: Timestamp,
    /// Where the next look begins.
    pub cursor: Cursor,
    /// Whether there is more to see right now.
    pub more: bool,
    /// Why the place was lost, if it was.
    pub lost: Option<Lost>,
}

/// One look: a page of changes. `start` begins a round.
pub fn page(
    start: Request,
    cursor: Option<Cursor>,
    beginning: Option<Timestamp>,
    now: Timestamp,
    again: Again,
) -> Plan<Followed> {
    let present = start.clone().query("$deltatoken", "latest");
    // Graph tells times in seconds, so what happens in this second must not look older than now.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let first = |start: Request| start.delta_page().map(Resumed::found);
    let (page, since, read) = match (cursor, beginning) {
        (None, None) => (first(present), now, None),
        (None, Some(since)) => (first(start), since, None),
        (Some(Cursor { link, since, read }), _) => {
            let anew = if again == Again::All { start.clone() } else { present };
            (start.resume(link, anew, DeltaPage::read), since, read)
        }
    };
    page.map(move |Resumed { page, lost, .. }| {
        let more = page.more && lost.is_none();
        // What is deleted is found again by the time of the beginning, and is remembered by other means.
        let since = if lost.is_some() && again == Again::All { since_again(since, read) } else { since };
        let read = if page.more { read } else { Some(now) };
        let cursor = Cursor { link: page.link.clone(), since, read };
        Followed { page, since, cursor, more, lost }
    })
}

/// One look for what is new: created since the beginning. When the place is lost, all is read again. `ask` asks for an
/// object by its id: one that comes without the time at which it was created comes in part, and is read whole.
pub fn created<T: Send + 'static>(
    start: Request,
    cursor: Option<Cursor>,
    beginning: Option<Timestamp>,
    now: Timestamp,
    ask: impl Fn(&str) -> Request + Send + 'static,
) -> Plan<Poll<T, Cursor>> {
    page(start, cursor, beginning, now, Again::All).and_then(move |Followed { page, since, cursor, more, lost }| {
        let empty = page.changes.is_empty();
        page.whole_or_sent(is_fragment, ask).map(move |page| {
            let (mut events, mut skipped) = (Vec::new(), Vec::new());
            for Whole { item, unread, .. } in page.items() {
                let object = Properties::of(&item);
                // One whose creation is not told was there before.
                if object.time("createdDateTime").is_some_and(|created| is_since(created, since)) {
                    events.push(Event::new(object.identity(), item));
                } else if let Some(error) = unread {
                    skipped.push(Skipped::new(format!("the object {}", object.identity()), &error));
                }
            }
            Poll::new(events, cursor).with_more(more).with_empty(empty).with_lost(lost).with_skipped(skipped)
        })
    })
}

/// One look for what is new or has changed. An object that is told again as it was is the same event. Each is read
/// whole with what `ask` makes of its id: nothing about a change tells whether it comes in part, and an object in part
/// would be another event than the whole one. One that cannot be read has changed all the same.
pub fn changed<T: Send + 'static>(
    start: Request,
    cursor: Option<Remembering>,
    now: Timestamp,
    ask: impl Fn(&str) -> Request + Send + 'static,
) -> Plan<Poll<T, Remembering>> {
    let known = cursor.map(|cursor| (Some(cursor.place), cursor.told, cursor.losses));
    let (place, mut told, losses) = known.unwrap_or_default();
    page(start, place, None, now, Again::Present).and_then(move |Followed { page, cursor, more, lost, .. }| {
        let empty = page.changes.is_empty();
        page.whole_or_sent(|_| true, ask).map(move |page| {
            let event = |whole: Whole| {
                let object = Properties::of(&whole.item);
                let (id, content) = (object.identity(), object.content());
                let turn = told.turn(&id, &content);
                Event::new(Turns::event_id(&format!("{id} {content}"), turn), whole.item)
            };
            let events = page.items().into_iter().map(event).collect();
            Poll::new(events, Remembering { place: cursor, told, losses })
                .with_more(more)
                .with_empty(empty)
                .with_lost(lost)
        })
    })
}

/// One look for what becomes of what is told, as `found` makes it of a page.
pub fn remembering<T: Send + 'static>(
    start: Request,
    cursor: Option<Remembering>,
    now: Timestamp,
    found: impl FnOnce(DeltaPage, &mut Turns) -> Result<Vec<Event<T>>> + Send + 'static,
) -> Plan<Poll<T, Remembering>> {
    let known = cursor.map(|cursor| (Some(cursor.place), cursor.told, cursor.losses));
    let (place, mut told, mut losses) = known.unwrap_or_default();
    page(start, place, None, now, Again::Present).try_map(move |Followed { page, cursor, more, lost, .. }| {
        if lost.is_some() {
            (told, losses) = (Turns::default(), losses + 1);
        }
        let empty = page.changes.is_empty();
        let mut events = found(page, &mut told)?;
        if losses > 0 {
            events.iter_mut().for_each(|event| event.id = format!("{} ~{losses}", event.id));
        }
        Ok(Poll::new(events, Remembering { place: cursor, told, losses })
            .with_more(more)
            .with_empty(empty)
            .with_lost(lost))
    })
}

/// The properties by which an object is read whole: a single object comes without its `id` unless that is selected.
pub fn with_id(names: Option<String>) -> Option<String> {
    names.map(|names| if names.split(',').any(|name| name == "id") { names } else { format!("{names},id") })
}

fn is_fragment(object: &Properties<'_>) -> bool {
    !object.is_sent("createdDateTime")
}
