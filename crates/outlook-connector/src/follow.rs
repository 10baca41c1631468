//! Following a folder by its changes: what triggers of mail and contacts share.
//!
//! The first round reads all that is there, because Graph cannot begin a round in the middle; what is
//! older than the trigger does not fire. When the place is lost (410, `syncStateNotFound`), the round
//! begins again: what fired before has the same event id and is dropped, and nothing is invented.

use connector_sdk::{DeltaPage, Error, Event, Link, Plan, Poll, Request, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From when on. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Beginning {
    /// Only what happens at this time or later, as RFC 3339. The default is the time at which the trigger starts.
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
        text.parse().map_err(|_| Error::invalid("/since", "this is not a time with a zone; write it as 2026-01-31T08:00:00Z"))
    }
}

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    link: Link,
    // Nothing from before fires, whatever happens to the link.
    since: Timestamp,
}

impl Cursor {
    /// From when on there are events.
    pub fn since(&self) -> Timestamp {
        self.since
    }
}

/// One look at a folder: a page of its changes. `start` begins a round; `found` makes events of a page.
pub fn follow<T: Send + 'static>(
    start: Request,
    cursor: Option<Cursor>,
    since: Timestamp,
    found: impl FnOnce(DeltaPage, Timestamp) -> Vec<Event<T>> + Send + 'static,
) -> Plan<Poll<T, Cursor>> {
    let (page, since) = match cursor {
        None => (start.delta_page(), since),
        Some(Cursor { link, since }) => {
            let again = start.clone();
            let page = start.at(link).delta_page();
            (page.or_else(move |error| if error.is_resync() { again.delta_page() } else { Plan::Fail(error) }), since)
        }
    };
    page.map(move |page| {
        let (link, more) = (page.link.clone(), page.more);
        Poll { events: found(page, since), cursor: Cursor { link, since }, more }
    })
}
