//! Triggers on a time property of the items of a list: for lists without a delta query, or with an incomplete one.
//!
//! Items appear late at times, and not in order. So each round looks back beyond the newest item that was seen; what
//! is read twice has the same event id and is dropped.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Event, Json, Link, Page, Plan, Poll, Properties, Request, Resumed, is_since};

/// Overlap of the rounds: how far before the newest seen item a round begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Back {
    /// Overlap of a usual round.
    pub usual: SignedDuration,
    /// Overlap of a sweep, one round every six hours: for items that appear later than anything should.
    pub sweep: SignedDuration,
}

impl Back {
    /// Creates overlaps of a usual round and of a sweep.
    pub const fn new(usual: SignedDuration, sweep: SignedDuration) -> Back {
        Back { usual, sweep }
    }
}

/// Usual overlap: 10 minutes, and 7 days for a sweep. Lists of what people create are up to date within minutes, and
/// all but certainly within a week.
pub const USUAL: Back = Back { usual: SignedDuration::from_mins(10), sweep: SignedDuration::from_hours(7 * 24) };

/// Time between two sweeps.
const SWEEP: SignedDuration = SignedDuration::from_hours(6);

/// Position of the next poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    // Nothing from before fires.
    since: Timestamp,
    // The newest time of the rounds that were read to their end.
    newest: Timestamp,
    // The newest time of the round that is being read. Older items may be on its later pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reached: Option<Timestamp>,
    // Within a round, the next page. Logs once called it `next`.
    #[serde(default, alias = "next", skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
    // Where the round began that is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    // When the last sweep began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    swept: Option<Timestamp>,
}

impl Cursor {
    /// Returns whether the current round has unread pages.
    pub fn is_within_round(&self) -> bool {
        self.link.is_some()
    }

    // Where a look at `now` begins: where its round did.
    fn begin(&mut self, back: Back, now: Timestamp) -> Timestamp {
        let (since, newest) = (self.since, self.newest);
        let swept = *self.swept.get_or_insert(Timestamp::MIN);
        *self.from.get_or_insert_with(|| {
            let sweeps = swept.saturating_add(SWEEP).is_ok_and(|due| now >= due) || swept > now;
            if sweeps {
                self.swept = Some(now);
            }
            let overlap = if sweeps { back.sweep.max(back.usual) } else { back.usual };
            newest.min(now).saturating_sub(overlap).unwrap_or(since).max(since)
        })
    }
}

/// Polls one page of recent items as [`look`] does, with the [`USUAL`] overlap. The time of an item is its property
/// `time`, such as `createdDateTime`, and its event is the item itself.
pub fn look_by<T: Send + 'static>(
    time: &'static str,
    list: impl FnOnce(Timestamp) -> Request,
    cursor: Option<Cursor>,
    since: Timestamp,
    now: Timestamp,
) -> Plan<Poll<T, Cursor>> {
    look(USUAL, list, cursor, since, now, move |item| {
        let found = Properties::of(&item);
        (found.time(time), Some(Event::new(found.identity(), item)))
    })
}

/// Polls one page of recent items. `list` requests items from a time on; `found` returns an item's time, if it has one,
/// and its event, if it is one. A round begins `back` before the newest seen item, and what is from before `since`, the
/// time of the first poll, never fires. An item that is dated after `now` hides nothing that comes before it.
pub fn look<T: Send + 'static>(
    back: Back,
    list: impl FnOnce(Timestamp) -> Request,
    cursor: Option<Cursor>,
    since: Timestamp,
    now: Timestamp,
    found: impl Fn(Json) -> (Option<Timestamp>, Option<Event<T>>) + Send + 'static,
) -> Plan<Poll<T, Cursor>> {
    // Nothing from before the first look is told, so that it needs no sweep.
    let mut cursor =
        cursor.unwrap_or(Cursor { since, newest: since, reached: None, link: None, from: None, swept: Some(now) });
    let from = cursor.begin(back, now);
    let Cursor { since, newest, reached, link, swept, .. } = cursor;
    let first = list(from);
    // Who was away for long may read the round again.
    let page = match link {
        None => Plan::finish(first, |answer| Page::read(&answer).map(Resumed::found)),
        Some(link) => first.resume(link, first.clone(), Page::read),
    };
    page.map(move |Resumed { page, lost }| {
        let mut reached = reached.unwrap_or(newest);
        let empty = page.items.is_empty();
        let mut events = Vec::new();
        for (moment, event) in page.items.into_iter().map(found) {
            reached = moment.map_or(reached, |moment| reached.max(moment.min(now)));
            // One without a time is told: that it is new is what the list was asked for.
            events.extend(event.filter(|_| moment.is_none_or(|moment| is_since(moment, since))));
        }
        let more = page.next.is_some() && lost.is_none();
        let cursor = match page.next {
            None => Cursor { since, newest: reached, reached: None, link: None, from: None, swept },
            next => Cursor { since, newest, reached: Some(reached), link: next, from: Some(from), swept },
        };
        Poll { events, cursor, more, empty, lost, skipped: Vec::new() }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{Raw, Response, ScriptedRun};

    fn at(minute: u32) -> Timestamp {
        format!("2026-05-08T12:{minute:02}:00Z").parse().unwrap()
    }

    // The minutes that fired, and the cursor; what was sent is left in the stage.
    fn look_at(stage: &mut ScriptedRun, cursor: Option<Cursor>) -> (Vec<u32>, Cursor) {
        let list = |from: Timestamp| Request::get("/me/events").query("from", from);
        let plan = look(USUAL, list, cursor, at(0), at(59), |item| {
            let minute = item.read::<u32>().unwrap();
            let moment = if minute < 60 { at(minute) } else { at(0) + SignedDuration::from_mins(minute.into()) };
            (Some(moment), Some(Event { id: minute.to_string(), data: Raw::<Value>::new(item) }))
        });
        let poll = stage.run(plan).unwrap();
        (poll.events.iter().map(|event| event.id.parse().unwrap()).collect(), poll.cursor)
    }

    #[test]
    fn an_expired_way_to_a_page_loses_nothing() {
        let page = |items: &str, next: &str| Response::new(200, format!(r#"{{"value":{items}{next}}}"#));
        let next = r#","@odata.nextLink":"https://graph.microsoft.com/v1.0/me/events?$skiptoken=2""#;
        let expired = Response::new(410, r#"{"error":{"code":"resyncRequired","message":"m"}}"#);
        let mut stage = ScriptedRun::new([
            page("[50,40]", next),
            expired,
            page("[50,40]", next),
            page("[20,10]", ""),
            page("[]", ""),
        ]);
        let (fired, cursor) = look_at(&mut stage, None);
        assert_eq!(fired, [50, 40]);
        // The page that was not reached holds older items: the round begins where it began.
        let (fired, cursor) = look_at(&mut stage, Some(cursor));
        assert_eq!((fired, &stage.sent[2].url), (vec![50, 40], &stage.sent[0].url));
        let (fired, cursor) = look_at(&mut stage, Some(cursor));
        assert_eq!(fired, [20, 10]);
        // Only a round that was read to its end moves the beginning of the next one.
        look_at(&mut stage, Some(cursor));
        assert_eq!(stage.sent[4].url, "/me/events?from=2026-05-08T12:40:00Z");
    }

    #[test]
    fn an_item_that_is_dated_tomorrow_hides_nothing() {
        let mut stage =
            ScriptedRun::new([Response::new(200, r#"{"value":[1500]}"#), Response::new(200, r#"{"value":[50]}"#)]);
        let (fired, cursor) = look_at(&mut stage, None);
        assert_eq!(fired, [1500]);
        assert_eq!(look_at(&mut stage, Some(cursor)).0, [50]);
        assert_eq!(stage.sent[1].url, "/me/events?from=2026-05-08T12:49:00Z");
    }

    #[test]
    fn what_appears_late_is_found_by_a_sweep() {
        let empty = || Response::new(200, r#"{"value":[]}"#);
        let mut stage = ScriptedRun::new((0..5).map(|_| empty()));
        let mut cursor = None;
        for hour in [0, 1, 7, 8, 200] {
            let list = |from: Timestamp| Request::get("/me/events").query("from", from);
            let now = at(0) + SignedDuration::from_hours(hour);
            let found = move |item: Json| (Some(now), Some(Event { id: String::new(), data: Raw::<Value>::new(item) }));
            let since = at(0) - SignedDuration::from_hours(24);
            // Something is found each hour, but for what is late.
            cursor = cursor.map(|cursor| Cursor { newest: now, ..cursor });
            cursor = Some(stage.run(look(USUAL, list, cursor, since, now, found)).unwrap().cursor);
        }
        let from: Vec<&str> =
            stage.sent.iter().map(|sent| sent.url.trim_start_matches("/me/events?from=2026-05-")).collect();
        assert_eq!(from, ["07T12:00:00Z", "08T12:50:00Z", "07T12:00:00Z", "08T19:50:00Z", "09T20:00:00Z"]);
    }

    #[test]
    fn the_time_of_an_item_is_a_property() {
        let [old, new] = [at(0) - SignedDuration::from_mins(1), at(30)];
        let page = format!(r#"{{"value":[{{"id":"1","made":"{old}"}},{{"id":"2","made":"{new}"}},{{"id":"3"}}]}}"#);
        let mut stage = ScriptedRun::new([Response::new(200, page)]);
        let plan = look_by::<Value>("made", |_| Request::get("/me/events"), None, at(0), at(59));
        let poll = stage.run(plan).unwrap();
        let fired: Vec<&str> = poll.events.iter().map(|event| event.id.as_str()).collect();
        assert_eq!((fired, poll.cursor.newest), (vec!["2", "3"], at(30)));
    }

    #[test]
    fn a_place_that_an_older_version_kept_is_found() {
        let kept = r#"{"since":"2026-05-08T12:00:00Z","newest":"2026-05-08T12:00:00Z","next":"https://graph.microsoft.com/v1.0/x"}"#;
        let cursor: Cursor = serde_json::from_str(kept).unwrap();
        assert_eq!(cursor.link, Some(Link::new("https://graph.microsoft.com/v1.0/x")));
    }
}
