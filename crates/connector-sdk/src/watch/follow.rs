//! Polls of a list by its changes.

use jiff::{SignedDuration, Timestamp};
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
    // When a round was last read to its end: what is older has fired, though its ids may be forgotten by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<Timestamp>,
}

/// Time by which a change may be told late. When a position is lost, what is older than the last complete round by more
/// than this does not fire again.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// Returns the time from which items fire in a round that begins again, after a round that was read to its end at
/// `read`.
pub fn since_again(since: Timestamp, read: Option<Timestamp>) -> Timestamp {
    read.and_then(|read| read.checked_sub(LATE).ok()).map_or(since, |read| read.max(since))
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
    let (page, since, settled, read) = match cursor {
        None => (start.delta_page().map(Resumed::found), since, false, None),
        Some(Cursor { link, since, settled, read }) => {
            (start.resume(link, start.clone(), DeltaPage::read), since, settled, read)
        }
    };
    page.map(move |Resumed { page, lost }| {
        let settled = settled && lost.is_none();
        let since = if lost.is_some() { since_again(since, read) } else { since };
        let read = if page.more { read } else { Some(now) };
        let cursor = Cursor { link: page.link.clone(), since, settled: settled || !page.more, read };
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{Response, ScriptedRun};

    fn day(day: u32, hour: u32) -> Timestamp {
        "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(i64::from(24 * day + hour))
    }

    // A page with an item of each of these times.
    fn items(times: &[Timestamp], link: &str) -> Response {
        let items: Vec<String> = times.iter().map(|at| format!(r#"{{"id":"{at}","created":"{at}"}}"#)).collect();
        let link = format!(r#""@odata.{link}":"https://graph.microsoft.com/v1.0/x/delta?token={}""#, items.len());
        Response::new(200, format!(r#"{{"value":[{}],{link}}}"#, items.join(",")))
    }

    fn poll(cursor: Option<Cursor>, now: Timestamp, script: Vec<Response>) -> (Vec<String>, Cursor) {
        let (start, since) = (Request::get("/x/delta"), day(0, 0));
        let plan = follow::<Value>(
            start,
            cursor,
            (since, now),
            |_, _| false,
            |id| Request::get("/x/{id}").path_param("id", id),
            |item, since| {
                let seen = Properties::of(&item);
                let id = since.created(&seen, "created").then(|| seen.identity());
                id.map(|id| Event::new(id, item))
            },
        );
        let poll = ScriptedRun::new(script).run(plan).unwrap();
        (poll.events.into_iter().map(|event| event.id).collect(), poll.cursor)
    }

    #[test]
    fn what_was_told_long_ago_is_not_told_again_where_the_place_is_lost() {
        let lost = || Response::new(410, r#"{"error":{"code":"syncStateNotFound","message":"m"}}"#);
        let (_, cursor) = poll(None, day(0, 0), vec![items(&[], "deltaLink")]);
        let (told, cursor) = poll(Some(cursor), day(5, 0), vec![items(&[day(4, 0)], "deltaLink")]);
        assert_eq!(told, [day(4, 0).to_string()]);
        let (_, cursor) = poll(Some(cursor), day(60, 0), vec![items(&[], "deltaLink")]);
        // The ids of what was told on the fifth day are forgotten.
        let all = [day(4, 0), day(59, 1), day(60, 1)];
        let (told, cursor) = poll(Some(cursor), day(60, 2), vec![lost(), items(&all, "nextLink")]);
        assert_eq!(told, [day(59, 1).to_string(), day(60, 1).to_string()], "what may have been told late is");
        // Nor where it is lost again before the round has ended.
        let (told, _) = poll(Some(cursor), day(99, 0), vec![lost(), items(&all, "deltaLink")]);
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn a_first_round_that_is_lost_begins_where_it_began() {
        let (told, cursor) = poll(None, day(9, 0), vec![items(&[day(8, 0)], "nextLink")]);
        assert_eq!(told.len(), 1);
        let all = [day(8, 0), day(1, 0)];
        let lost = Response::new(410, "");
        assert_eq!(poll(Some(cursor), day(9, 0), vec![lost, items(&all, "deltaLink")]).0.len(), 2);
    }

    #[test]
    fn a_place_that_an_older_version_kept_is_found() {
        let kept = r#"{"link":"https://graph.microsoft.com/v1.0/x","since":"2026-05-08T12:00:00Z","settled":true}"#;
        let cursor: Cursor = serde_json::from_str(kept).unwrap();
        assert_eq!(since_again(cursor.since(), cursor.read), cursor.since());
    }
}
