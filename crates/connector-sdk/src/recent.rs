//! Watching a list by a time that its items carry: for what Graph has no changes of, or not all of them.
//!
//! Items appear late at times, and not in order. So each round looks back beyond the newest item that was seen; what
//! is read twice has the same event id and is dropped.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Event, Json, Link, Page, Plan, Poll, Request, Resumed};

/// How far a round looks back usually: lists of what people make are up to date within minutes.
pub const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// Where the next look begins.
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
}

/// One look: a page of what is recent. `list` asks for items from a time on; `found` tells an item's time,
/// if it has one, and the event that it is, if it is one. A round looks back by `overlap`, and what is from before
/// `since`, the time of the first look, never fires. An item that is dated after `now` hides nothing that comes before it.
pub fn look<T: Send + 'static>(
    overlap: SignedDuration,
    list: impl FnOnce(Timestamp) -> Request,
    cursor: Option<Cursor>,
    since: Timestamp,
    now: Timestamp,
    found: impl Fn(Json) -> (Option<Timestamp>, Option<Event<T>>) + Send + 'static,
) -> Plan<Poll<T, Cursor>> {
    let Cursor { since, newest, reached, link } = cursor.unwrap_or(Cursor { since, newest: since, reached: None, link: None });
    let from = newest.min(now).saturating_sub(overlap).unwrap_or(since).max(since);
    let first = list(from);
    // Who was away for long may read the round again.
    let page = match link {
        None => Plan::finish(first, |answer| Ok(Resumed { page: Page::read(&answer)?, lost: false })),
        Some(link) => first.resume(link, first.clone(), Page::read),
    };
    page.map(move |Resumed { page, lost }| {
        let mut reached = reached.unwrap_or(newest);
        let mut events = Vec::new();
        for (moment, event) in page.items.into_iter().map(found) {
            reached = moment.map_or(reached, |moment| reached.max(moment.min(now)));
            // One without a time is told: that it is new is what the list was asked for.
            events.extend(event.filter(|_| moment.is_none_or(|moment| moment >= since)));
        }
        let more = page.next.is_some() && !lost;
        let cursor = match page.next {
            None => Cursor { since, newest: reached, reached: None, link: None },
            next => Cursor { since, newest, reached: Some(reached), link: next },
        };
        Poll { events, cursor, more }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{Raw, Rehearsal, Response};

    fn at(minute: u32) -> Timestamp {
        format!("2026-05-08T12:{minute:02}:00Z").parse().unwrap()
    }

    // The minutes that fired, and the cursor; what was sent is left in the stage.
    fn look_at(stage: &mut Rehearsal, cursor: Option<Cursor>) -> (Vec<u32>, Cursor) {
        let list = |from: Timestamp| Request::get("/me/events").query("from", from);
        let plan = look(OVERLAP, list, cursor, at(0), at(59), |item| {
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
        let mut stage = Rehearsal::new([page("[50,40]", next), expired, page("[50,40]", next), page("[20,10]", ""), page("[]", "")]);
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
        let mut stage = Rehearsal::new([Response::new(200, r#"{"value":[1500]}"#), Response::new(200, r#"{"value":[50]}"#)]);
        let (fired, cursor) = look_at(&mut stage, None);
        assert_eq!(fired, [1500]);
        assert_eq!(look_at(&mut stage, Some(cursor)).0, [50]);
        assert_eq!(stage.sent[1].url, "/me/events?from=2026-05-08T12:49:00Z");
    }

    #[test]
    fn a_place_that_an_older_version_kept_is_found() {
        let kept = r#"{"since":"2026-05-08T12:00:00Z","newest":"2026-05-08T12:00:00Z","next":"https://graph.microsoft.com/v1.0/x"}"#;
        let cursor: Cursor = serde_json::from_str(kept).unwrap();
        assert_eq!(cursor.link, Some(Link::new("https://graph.microsoft.com/v1.0/x")));
    }
}
