//! New entries of a log that can only be asked for by time.
//!
//! Entries appear minutes after they happen, and not in order. So each round looks back beyond the newest entry
//! that was seen; what fired before has the same id and is dropped.

use connector_sdk::{Event, Link, Plan, Poll, Raw, Request, odata};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How far a round looks back.
const OVERLAP: SignedDuration = SignedDuration::from_mins(30);
const PAGE: u32 = 500;

/// Where the next look begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    // Nothing from before fires.
    since: Timestamp,
    // The newest entry of the rounds that were read to their end.
    newest: Timestamp,
    // The newest entry of the round that is being read. The newest come first, so the others are still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reached: Option<Timestamp>,
    // Within a round, the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
}

/// One look at a page of a log. `time` is the property with the time of an entry.
pub fn look<T: Send + 'static>(
    log: Request,
    time: &'static str,
    conditions: &[(&str, Option<&String>)],
    cursor: Option<Cursor>,
    now: Timestamp,
) -> Plan<Poll<T, Cursor>> {
    let Cursor { since, newest, reached, next } = cursor.unwrap_or(Cursor { since: now, newest: now, reached: None, next: None });
    let from = newest.saturating_sub(OVERLAP).unwrap_or(newest).max(since);
    let mut filter = vec![format!("{time} ge {}", from.strftime("%Y-%m-%dT%H:%M:%SZ"))];
    filter.extend(conditions.iter().filter_map(|(name, value)| Some(format!("{name} eq {}", odata::string(value.as_ref()?)))));
    let start = log.query("$filter", filter.join(" and ")).query("$orderby", format!("{time} desc")).query("$top", PAGE);
    // Who was away for long may read the round again.
    start.page_at(next).try_map(move |page| {
        let mut reached = reached.unwrap_or(newest);
        let mut events = Vec::with_capacity(page.items.len());
        for item in page.items {
            let entry: Map<String, Value> = item.read()?;
            let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let Ok(moment) = text(time).parse::<Timestamp>() else { continue };
            reached = reached.max(moment);
            events.push(Event { id: text("id"), data: Raw::new(item) });
        }
        events.reverse();
        let more = page.next.is_some();
        let cursor = match page.next {
            None => Cursor { since, newest: reached, reached: None, next: None },
            next => Cursor { since, newest, reached: Some(reached), next },
        };
        Ok(Poll { events, cursor, more })
    })
}
