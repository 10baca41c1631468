//! Checks of events, cursors and consumers.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::Code;

use super::{LONG, RACERS, SHORT, eventually, fails_with, ok, race, run, text};
use crate::store::{EventLog, Lag, NewEvent, Revision, Start, Store, StoredEvent};

pub(super) async fn check<S: Store + 'static>(make: &impl AsyncFn() -> S) {
    run!(
        make,
        events_and_cursor_come_together,
        a_stale_cursor_commits_nothing,
        an_id_is_delivered_once,
        what_is_not_acknowledged_comes_again,
        consumers_are_apart,
        a_consumer_holds_events_for_itself,
        acknowledgements_have_bounds,
        sources_are_apart,
        a_forgotten_source_starts_anew,
        a_renamed_source_goes_on,
        one_racer_moves_the_cursor,
        what_is_appended_leaves_the_cursor_alone,
        appending_racers_lose_nothing,
        a_page_is_read_by_nobody,
        a_consumer_joins_where_it_asks_to,
        what_is_old_is_acknowledged,
        the_lag_is_what_is_not_acknowledged,
    );
}

fn events(numbers: Range<u32>) -> Vec<NewEvent> {
    numbers.map(|n| NewEvent::new(format!("id {n}"), n.to_string())).collect()
}

/// Reads the ids of all events, in pages, acknowledging nothing until the end.
async fn ids<S: EventLog>(store: &S, source: &str, consumer: &str) -> Vec<String> {
    let found = ok(store.read(source, consumer, 1000).await);
    assert!(found.is_sorted_by(|a, b| a.sequence < b.sequence), "in the order of their commits");
    found.into_iter().map(|delivery| delivery.id).collect()
}

fn named(numbers: Range<u32>) -> Vec<String> {
    numbers.map(|n| format!("id {n}")).collect()
}

async fn events_and_cursor_come_together<S: EventLog>(store: Arc<S>) {
    assert_eq!(ok(store.cursor("s").await), None);
    let first = ok(store.commit("s", None, &events(0..3), text("at 3")).await);
    assert_eq!((first.added, first.duplicates), (3, 0));
    assert_eq!(ok(store.cursor("s").await), Some((first.revision, text("at 3"))));
    let second = ok(store.commit("s", Some(first.revision), &[], text("still at 3")).await);
    assert_eq!((second.added, second.duplicates), (0, 0));
    assert!(second.revision > first.revision);
    let third = ok(store.commit("s", Some(second.revision), &events(3..5), Bytes::new()).await);
    assert_eq!(ok(store.cursor("s").await), Some((third.revision, Bytes::new())), "an empty cursor is one");
    let read = ok(store.read("s", "c", 1000).await);
    assert_eq!(read.iter().map(|delivery| &delivery.id[..]).collect::<Vec<_>>(), named(0..5));
    assert_eq!(read.iter().map(|delivery| &delivery.bytes[..]).collect::<Vec<_>>(), [b"0", b"1", b"2", b"3", b"4"]);
}

async fn a_stale_cursor_commits_nothing<S: EventLog>(store: Arc<S>) {
    let first = ok(store.commit("s", None, &events(0..1), text("1")).await);
    let second = ok(store.commit("s", Some(first.revision), &events(1..2), text("2")).await);
    for stale in [None, Some(first.revision), Some(Revision::new(second.revision.number() + 1000))] {
        fails_with(
            Code::Conflict,
            store.commit("s", stale, &events(5..9), text("x")).await,
            "only the present cursor is moved",
        );
    }
    fails_with(
        Code::Conflict,
        store.commit("none", Some(first.revision), &[], text("x")).await,
        "there is no cursor yet",
    );
    assert_eq!(ok(store.cursor("s").await), Some((second.revision, text("2"))));
    assert_eq!(ok(store.cursor("none").await), None);
    assert_eq!(ids(&*store, "s", "c").await, named(0..2), "refused events are not there");
    let third = ok(store.commit("s", Some(second.revision), &events(5..9), text("9")).await);
    assert_eq!(third.added, 4, "nor are they remembered as seen");
}

async fn an_id_is_delivered_once<S: EventLog>(store: Arc<S>) {
    let mut batch = events(0..3);
    batch.extend(events(1..4));
    let first = ok(store.commit("s", None, &batch, text("1")).await);
    assert_eq!((first.added, first.duplicates), (4, 2), "twice in one commit");
    assert_eq!(ids(&*store, "s", "c").await, named(0..4));
    let last = ok(store.read("s", "c", 10).await).pop().expect("four are there").sequence;
    ok(store.ack("s", "c", last).await);
    let second = ok(store.commit("s", Some(first.revision), &events(2..6), text("2")).await);
    assert_eq!((second.added, second.duplicates), (2, 2), "acknowledged ids are remembered");
    assert_eq!(ids(&*store, "s", "c").await, named(4..6));
}

async fn what_is_not_acknowledged_comes_again<S: EventLog>(store: Arc<S>) {
    ok(store.commit("s", None, &events(0..10), text("1")).await);
    assert_eq!(ids(&*store, "s", "other").await.len(), 10, "somebody who keeps all of them from being dropped");
    let first: Vec<StoredEvent> = ok(store.read("s", "c", 4).await);
    assert_eq!(first.len(), 4, "no more than was asked for");
    assert_eq!(ok(store.read("s", "c", 4).await), first, "the same again");
    ok(store.ack("s", "c", first[1].sequence).await);
    assert_eq!(ids(&*store, "s", "c").await, named(2..10));
    ok(store.ack("s", "c", first[0].sequence).await);
    assert_eq!(ids(&*store, "s", "c").await, named(2..10), "an older acknowledgement takes nothing back");
    assert_eq!(ok(store.read("s", "c", 0).await), []);
}

async fn consumers_are_apart<S: EventLog>(store: Arc<S>) {
    ok(store.commit("s", None, &events(0..4), text("1")).await);
    assert_eq!(ids(&*store, "s", "slow").await, named(0..4));
    let all = ok(store.read("s", "fast", 10).await);
    ok(store.ack("s", "fast", all[2].sequence).await);
    assert_eq!(ids(&*store, "s", "fast").await, named(3..4));
    assert_eq!(ids(&*store, "s", "slow").await, named(0..4), "nothing is dropped before everybody has it");
    assert!(ok(store.leave("s", "slow").await));
    assert!(!ok(store.leave("s", "slow").await));
    assert_eq!(ids(&*store, "s", "late").await, named(3..4), "a new consumer begins with what is kept");
}

async fn a_consumer_holds_events_for_itself<S: EventLog>(store: Arc<S>) {
    assert_eq!(ok(store.read("s", "early", 10).await), [], "a consumer may come before the first commit");
    assert_eq!(ok(store.cursor("s").await), None);
    ok(store.commit("s", None, &events(0..2), text("1")).await);
    let all = ok(store.read("s", "other", 10).await);
    ok(store.ack("s", "other", all[1].sequence).await);
    assert_eq!(ids(&*store, "s", "early").await, named(0..2));
}

async fn acknowledgements_have_bounds<S: EventLog>(store: Arc<S>) {
    fails_with(Code::Conflict, store.ack("none", "c", 1).await, "there is nothing to acknowledge");
    ok(store.commit("s", None, &events(0..2), text("1")).await);
    let last = ok(store.read("s", "c", 10).await)[1].sequence;
    fails_with(Code::Conflict, store.ack("s", "stranger", last).await, "who has not read cannot acknowledge");
    fails_with(Code::Conflict, store.ack("s", "c", last + 1).await, "what was not given out cannot be acknowledged");
    fails_with(Code::Conflict, store.ack("s", "c", u64::MAX).await, "what was not given out cannot be acknowledged");
    assert_eq!(ids(&*store, "s", "c").await, named(0..2));
}

async fn sources_are_apart<S: EventLog>(store: Arc<S>) {
    let one = ok(store.commit("one", None, &events(0..3), text("1")).await);
    let two = ok(store.commit("two", None, &events(0..3), text("2")).await);
    assert_eq!((one.added, two.added), (3, 3), "an id belongs to its source");
    let last = ok(store.read("one", "c", 10).await)[2].sequence;
    ok(store.ack("one", "c", last).await);
    assert_eq!(ids(&*store, "two", "c").await, named(0..3));
    ok(store.forget("one").await);
    assert_eq!(ok(store.cursor("two").await), Some((two.revision, text("2"))));
}

async fn a_forgotten_source_starts_anew<S: EventLog>(store: Arc<S>) {
    let before = ok(store.commit("s", None, &events(0..3), text("1")).await);
    let old = ok(store.read("s", "c", 10).await);
    ok(store.forget("s").await);
    ok(store.forget("s").await);
    assert_eq!(ok(store.cursor("s").await), None);
    fails_with(
        Code::Conflict,
        store.commit("s", Some(before.revision), &[], text("x")).await,
        "the old cursor is gone",
    );
    let after = ok(store.commit("s", None, &events(0..3), text("2")).await);
    assert!(after.revision > before.revision);
    assert_eq!(after.added, 3, "ids are forgotten too");
    assert_eq!(ids(&*store, "s", "c").await, named(0..3));
    ok(store.ack("s", "c", old[2].sequence).await);
    assert_eq!(
        ids(&*store, "s", "c").await,
        named(0..3),
        "a late acknowledgement of the old events takes no new one away"
    );
}

async fn a_renamed_source_goes_on<S: EventLog>(store: Arc<S>) {
    assert!(!ok(store.rename("old", "new").await), "there is none");
    let before = ok(store.commit("old", None, &events(0..3), text("1")).await);
    let read = ok(store.read("old", "c", 10).await);
    ok(store.ack("old", "c", read[0].sequence).await);
    assert!(ok(store.rename("old", "new").await));
    assert!(!ok(store.rename("old", "new").await), "it was renamed already");
    assert_eq!(ok(store.cursor("old").await), None);
    assert_eq!(ok(store.cursor("new").await), Some((before.revision, text("1"))));
    assert_eq!(ids(&*store, "new", "c").await, named(1..3), "what was acknowledged stays so");
    let after = ok(store.commit("new", Some(before.revision), &events(0..4), text("2")).await);
    assert_eq!((after.added, after.duplicates), (1, 3), "and what was delivered");
    let other = ok(store.commit("old", None, &events(0..1), text("x")).await);
    assert!(!ok(store.rename("old", "new").await), "what is there is not overwritten");
    assert_eq!(ok(store.cursor("old").await), Some((other.revision, text("x"))));
    assert_eq!(ok(store.cursor("new").await), Some((after.revision, text("2"))));
}

async fn one_racer_moves_the_cursor<S: EventLog + 'static>(store: Arc<S>) {
    const GOAL: u32 = 40;
    race(&store, async |store, _| {
        loop {
            let (revision, at) = match ok(store.cursor("s").await) {
                Some((revision, bytes)) => {
                    (Some(revision), std::str::from_utf8(&bytes).expect("text").parse().expect("a number"))
                }
                None => (None, 0),
            };
            if at == GOAL {
                return;
            }
            match store.commit("s", revision, &events(at..at + 2), text(&(at + 2).to_string())).await {
                Ok(committed) => {
                    assert_eq!((committed.added, committed.duplicates), (2, 0), "nobody else has committed these")
                }
                Err(error) => assert_eq!(error.code(), Code::Conflict, "a lost race is a conflict: {error}"),
            }
        }
    })
    .await;
    assert_eq!(ids(&*store, "s", "c").await, named(0..GOAL), "each once, none missing");
}

async fn what_is_appended_leaves_the_cursor_alone<S: EventLog>(store: Arc<S>) {
    assert_eq!(ok(store.append("s", &events(0..2)).await), 2, "a source need not have a cursor");
    assert_eq!(ok(store.cursor("s").await), None);
    let first = ok(store.commit("s", None, &events(1..3), text("1")).await);
    assert_eq!((first.added, first.duplicates), (1, 1), "an id is one, however it came");
    let mut twice = events(2..5);
    twice.extend(events(3..5));
    assert_eq!(ok(store.append("s", &twice).await), 2);
    assert_eq!(ok(store.append("s", &[]).await), 0);
    assert_eq!(ok(store.cursor("s").await), Some((first.revision, text("1"))));
    ok(store.commit("s", Some(first.revision), &[], text("2")).await);
    let read = ok(store.read("s", "c", 10).await);
    assert!(read.is_sorted_by(|a, b| a.sequence < b.sequence), "in the order in which they came");
    assert_eq!(read.iter().map(|event| &event.id[..]).collect::<Vec<_>>(), named(0..5));
    assert!(read.is_sorted_by_key(|event| event.at), "each with the time at which it came");
    ok(store.ack("s", "c", read[4].sequence).await);
    assert_eq!(ok(store.append("s", &events(0..5)).await), 0, "acknowledged ids are remembered");
}

async fn appending_racers_lose_nothing<S: EventLog + 'static>(store: Arc<S>) {
    let added = race(&store, async |store, racer| {
        let mut added = 0;
        for n in 0..10 {
            let own = NewEvent::new(format!("{racer} {n}"), "own");
            added += ok(store.append("s", &[own, NewEvent::new(format!("all {n}"), "shared")]).await);
        }
        added
    })
    .await;
    assert_eq!(added.iter().sum::<usize>(), 10 * RACERS + 10);
    assert_eq!(ids(&*store, "s", "c").await.len(), 10 * RACERS + 10, "each once, none missing");
}

async fn a_page_is_read_by_nobody<S: EventLog>(store: Arc<S>) {
    assert_eq!(ok(store.page("none", 0, 10).await), []);
    ok(store.commit("s", None, &events(0..5), text("1")).await);
    let all = ok(store.page("s", 0, 10).await);
    assert_eq!(all.iter().map(|event| &event.id[..]).collect::<Vec<_>>(), named(0..5));
    assert_eq!(ok(store.page("s", all[1].sequence, 2).await), all[2..4]);
    assert_eq!(ok(store.page("s", all[4].sequence, 10).await), []);
    assert_eq!(ok(store.page("s", u64::MAX, 10).await), []);
    assert_eq!(ok(store.page("s", 0, 0).await), []);
    ok(store.join("s", "c", Start::Oldest).await);
    ok(store.ack("s", "c", all[1].sequence).await);
    assert_eq!(ok(store.page("s", 0, 10).await), all[2..], "it holds nothing back, and shows what is kept");
    assert_eq!(ok(store.read("s", "c", 10).await), all[2..], "the same as for a consumer");
}

async fn a_consumer_joins_where_it_asks_to<S: EventLog>(store: Arc<S>) {
    ok(store.join("s", "early", Start::Now).await);
    assert_eq!(ok(store.cursor("s").await), None, "a consumer may come before the first commit");
    let first = ok(store.commit("s", None, &events(0..4), text("1")).await);
    let all = ok(store.page("s", 0, 10).await);
    ok(store.join("s", "now", Start::Now).await);
    ok(store.join("s", "oldest", Start::Oldest).await);
    ok(store.join("s", "after", Start::After(all[1].sequence)).await);
    for beyond in [all[3].sequence + 1, u64::MAX] {
        fails_with(
            Code::Conflict,
            store.join("s", "beyond", Start::After(beyond)).await,
            "what was not given out yet cannot be passed over",
        );
    }
    assert_eq!(ok(store.page("s", 0, 10).await).len(), 4, "joining drops nothing");
    ok(store.commit("s", Some(first.revision), &events(4..5), text("2")).await);
    assert_eq!(ids(&*store, "s", "early").await, named(0..5));
    assert_eq!(ids(&*store, "s", "now").await, named(4..5));
    assert_eq!(ids(&*store, "s", "oldest").await, named(0..5));
    assert_eq!(ids(&*store, "s", "after").await, named(2..5));
    for start in [Start::Oldest, Start::Now, Start::After(0), Start::After(u64::MAX)] {
        ok(store.join("s", "after", start).await);
        assert_eq!(ids(&*store, "s", "after").await, named(2..5), "who exists stays where it is");
    }
    for consumer in ["early", "oldest"] {
        ok(store.ack("s", consumer, all[3].sequence).await);
    }
    assert_eq!(ids(&*store, "s", "after").await, named(2..5), "who has joined holds events for itself");
}

async fn what_is_old_is_acknowledged<S: EventLog>(store: Arc<S>) {
    fails_with(Code::Conflict, store.ack_older("s", "c", SHORT).await, "who has not joined cannot acknowledge");
    ok(store.join("s", "c", Start::Oldest).await);
    ok(store.join("s", "slow", Start::Oldest).await);
    ok(store.ack_older("s", "c", SHORT).await);
    let first = ok(store.commit("s", None, &events(0..3), text("1")).await);
    ok(store.ack_older("s", "c", LONG).await);
    ok(store.ack_older("s", "c", Duration::MAX).await);
    assert_eq!(ids(&*store, "s", "c").await, named(0..3), "nothing is that old");
    eventually("events become older", async || {
        ok(store.ack_older("s", "c", SHORT).await);
        ids(&*store, "s", "c").await.is_empty().then_some(())
    })
    .await;
    assert_eq!(ids(&*store, "s", "slow").await, named(0..3), "for this consumer alone");
    ok(store.commit("s", Some(first.revision), &events(3..4), text("2")).await);
    ok(store.ack_older("s", "c", LONG).await);
    assert_eq!(ids(&*store, "s", "c").await, named(3..4), "an acknowledgement takes nothing back");
    let read = ok(store.read("s", "slow", 10).await);
    ok(store.ack("s", "slow", read[3].sequence).await);
    assert_eq!(ok(store.page("s", 0, 10).await).len(), 1, "what is young stays");
    eventually("events become older", async || {
        ok(store.ack_older("s", "c", SHORT).await);
        ok(store.page("s", 0, 10).await).is_empty().then_some(())
    })
    .await;
}

async fn the_lag_is_what_is_not_acknowledged<S: EventLog>(store: Arc<S>) {
    let lag = async |consumer| {
        let Lag { events, oldest } = ok(store.lag("s", consumer).await);
        assert_eq!(events == 0, oldest.is_none(), "what is there has an age");
        assert!(oldest.is_none_or(|oldest| oldest < LONG), "{oldest:?}");
        events
    };
    assert_eq!(lag("c").await, 0, "there is no such source");
    ok(store.commit("s", None, &events(0..5), text("1")).await);
    assert_eq!(lag("stranger").await, 5, "it would begin with the oldest");
    ok(store.join("s", "now", Start::Now).await);
    let all = ok(store.read("s", "c", 10).await);
    assert_eq!((lag("c").await, lag("now").await), (5, 0));
    ok(store.ack("s", "c", all[2].sequence).await);
    assert_eq!((lag("c").await, lag("now").await), (2, 0));
    let before = ok(store.lag("s", "c").await).oldest;
    eventually("events become older", async || (ok(store.lag("s", "c").await).oldest > before).then_some(())).await;
    assert_eq!(ok(store.append("s", &events(5..7)).await), 2);
    assert_eq!((lag("c").await, lag("now").await), (4, 2));
}
