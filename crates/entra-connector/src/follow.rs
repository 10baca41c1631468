//! Following changes of the directory: what the triggers of users and groups share.
//!
//! A trigger begins at the present unless it has a `since`; then the first round reads all that is there. When
//! the place is lost, those that can tell old from new read all again: what fired
//! before has the same event id and is dropped. The others go on at the present, and invent nothing.

use connector_sdk::{DeltaPage, Error, Event, Link, Plan, Poll, Properties, Request, Result, Resumed};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From when on. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Beginning {
    /// Only what is created at this time or later, as RFC 3339. The default is the time at which the trigger starts.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
}

impl Beginning {
    /// The moment, if one is given.
    ///
    /// # Errors
    /// `invalid_input` at `/since` for a text that is no time.
    pub fn moment(&self) -> Result<Option<Timestamp>> {
        let wrong = |_| Error::invalid("/since", "this is not a time with a zone; write it as 2026-01-31T08:00:00Z");
        self.since.as_deref().map(|text| text.parse().map_err(wrong)).transpose()
    }
}

/// Only these objects. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Only {
    /// Only these objects, by their ids; the default is all of them. Graph follows at most 50.
    #[schemars(length(min = 1, max = 50), inner(length(min = 1, max = 100)))]
    filter_ids: Option<Vec<String>>,
}

impl Only {
    /// As a condition of the delta query.
    pub fn apply(&self, request: Request) -> Request {
        let one = |id: &String| format!("id eq {}", connector_sdk::odata::string(id));
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
    // How many looks there were: the same look sees the same things.
    look: u64,
}

/// What to do when the place is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Read all that is there again.
    ReadAll,
    /// Go on at the present.
    GoOn,
}

/// When a look is made.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Nothing that was created before fires.
    pub since: Timestamp,
    /// The number of the look, for ids of events that have no other.
    pub number: u64,
}

/// One look: a page of changes. `start` begins a round; `found` makes events of a page.
pub fn follow<T: Send + 'static>(
    start: Request,
    cursor: Option<Cursor>,
    beginning: Option<Timestamp>,
    now: Timestamp,
    lost: Lost,
    found: impl FnOnce(DeltaPage, Look) -> Result<Vec<Event<T>>> + Send + 'static,
) -> Plan<Poll<T, Cursor>> {
    let present = start.clone().query("$deltatoken", "latest");
    // Graph tells times in seconds, so what happens in this second must not look older than now.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let first = |start: Request| start.delta_page().map(|page| Resumed { page, lost: false });
    let (page, since, number) = match (cursor, beginning) {
        (None, None) => (first(present), now, 0),
        (None, Some(since)) => (first(start), since, 0),
        (Some(Cursor { link, since, look }), _) => {
            let again = if lost == Lost::ReadAll { start.clone() } else { present };
            (start.resume(link, again, DeltaPage::read), since, look)
        }
    };
    page.try_map(move |Resumed { page, lost }| {
        let (link, more) = (page.link.clone(), page.more && !lost);
        let events = found(page, Look { since, number })?;
        Ok(Poll { events, cursor: Cursor { link, since, look: number + 1 }, more })
    })
}

/// Whether an object was created since then. One whose creation is not told was there before.
pub fn is_new(object: &Properties<'_>, since: Timestamp) -> bool {
    object.time("createdDateTime").is_some_and(|created| created >= since)
}
