//! Checks of tasks and leases.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::Code;

use super::{LONG, RACERS, SHORT, eventually, fails_with, ok, race, run, text};
use crate::store::{Lease, Store, TaskQueue};

const NOW: Duration = Duration::ZERO;

pub(super) async fn check<S: Store + 'static>(make: &impl AsyncFn() -> S) {
    run!(
        make,
        a_task_is_claimed_when_it_is_due,
        the_longest_due_comes_first,
        a_prefix_selects,
        a_prefix_may_end_anywhere,
        completing_sets_the_next_time,
        a_released_task_is_tried_again,
        a_dead_holder_is_replaced,
        a_stale_lease_is_refused,
        a_heartbeat_keeps_a_task,
        a_wake_is_not_lost,
        scheduling_again_replaces,
        a_cancelled_task_is_gone,
        racers_share_the_tasks,
    );
}

async fn claim<S: TaskQueue>(store: &S) -> Option<Lease> {
    let mut leases = ok(store.claim("", "me", LONG, 1).await);
    assert!(leases.len() <= 1, "no more than was asked for");
    leases.pop()
}

async fn a_task_is_claimed_when_it_is_due<S: TaskQueue>(store: Arc<S>) {
    assert_eq!(ok(store.next_due("").await), None);
    ok(store.schedule("later", LONG, text("x")).await);
    assert_eq!(claim(&*store).await, None, "it is not due");
    let wait = ok(store.next_due("").await).expect("there is one");
    assert!(wait <= LONG && wait > LONG / 2, "it says when: {wait:?}");
    ok(store.schedule("now", NOW, text("payload")).await);
    let lease = claim(&*store).await.expect("it is due");
    assert_eq!(
        (&*lease.key, &*lease.payload, &*lease.owner, lease.attempt, lease.ttl),
        ("now", &b"payload"[..], "me", 1, LONG)
    );
    assert_eq!(claim(&*store).await, None, "one live holder");
    ok(store.schedule("soon", SHORT, Bytes::new()).await);
    let lease = eventually("a task becomes due", async || claim(&*store).await).await;
    assert_eq!(lease.key, "soon");
}

async fn the_longest_due_comes_first<S: TaskQueue>(store: Arc<S>) {
    ok(store.schedule("z", NOW, Bytes::new()).await);
    tokio::time::sleep(SHORT).await;
    ok(store.schedule("a", NOW, Bytes::new()).await);
    assert_eq!(ok(store.next_due("").await), Some(NOW));
    assert_eq!(claim(&*store).await.expect("both are due").key, "z");
    assert_eq!(claim(&*store).await.expect("one is due").key, "a");
}

async fn a_prefix_selects<S: TaskQueue>(store: Arc<S>) {
    for key in ["poll/1", "poll/2", "renew/1", "p%"] {
        ok(store.schedule(key, NOW, Bytes::new()).await);
    }
    let mut keys: Vec<String> =
        ok(store.claim("poll/", "me", LONG, 10).await).into_iter().map(|lease| lease.key).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["poll/1", "poll/2"]);
    assert_eq!(ok(store.next_due("renew").await), Some(NOW));
    assert!(ok(store.next_due("poll/").await).expect("held ones end some time") > NOW);
    assert_eq!(ok(store.claim("p%", "me", LONG, 10).await).len(), 1, "a prefix is taken literally");
    assert_eq!(ok(store.claim("", "me", LONG, 0).await).len(), 0);
}

async fn completing_sets_the_next_time<S: TaskQueue>(store: Arc<S>) {
    ok(store.schedule("a", NOW, text("x")).await);
    let first = claim(&*store).await.expect("it is due");
    ok(store.complete(&first, Some(NOW)).await);
    let second = claim(&*store).await.expect("it is due again");
    assert!(second.epoch > first.epoch);
    assert_eq!((second.attempt, &*second.payload), (1, &b"x"[..]), "a completed task starts anew");
    ok(store.complete(&second, Some(LONG)).await);
    assert_eq!(claim(&*store).await, None, "it is due later");
    assert!(ok(store.wake("a").await));
    let third = claim(&*store).await.expect("it was woken");
    ok(store.complete(&third, None).await);
    assert_eq!(ok(store.next_due("").await), None, "it has ended");
    assert!(!ok(store.wake("a").await), "what has ended cannot be woken");
}

async fn a_released_task_is_tried_again<S: TaskQueue>(store: Arc<S>) {
    ok(store.schedule("a", NOW, Bytes::new()).await);
    for attempt in 1..=3 {
        let lease = claim(&*store).await.expect("one error does not cost the lease");
        assert_eq!(lease.attempt, attempt);
        ok(store.release(&lease, NOW).await);
    }
    let lease = claim(&*store).await.expect("it is due");
    ok(store.wake("a").await);
    ok(store.release(&lease, LONG).await);
    assert_eq!(claim(&*store).await, None, "the time of the retry is kept");
}

async fn a_dead_holder_is_replaced<S: TaskQueue>(store: Arc<S>) {
    ok(store.schedule("a", NOW, text("x")).await);
    let dead = ok(store.claim("", "dead", SHORT, 1).await).pop().expect("it is due");
    let lease = eventually("the task of a dead holder is handed on", async || claim(&*store).await).await;
    assert!(lease.epoch > dead.epoch);
    assert_eq!((lease.attempt, &*lease.payload), (2, &b"x"[..]));
}

async fn a_stale_lease_is_refused<S: TaskQueue>(store: Arc<S>) {
    async fn refused<S: TaskQueue>(store: &S, lease: &Lease) {
        fails_with(Code::Conflict, store.heartbeat(lease).await, "a stale lease has no heartbeat");
        fails_with(Code::Conflict, store.complete(lease, Some(NOW)).await, "a stale lease completes nothing");
        fails_with(Code::Conflict, store.complete(lease, None).await, "a stale lease ends nothing");
        fails_with(Code::Conflict, store.release(lease, NOW).await, "a stale lease releases nothing");
    }
    ok(store.schedule("a", NOW, Bytes::new()).await);
    let frozen = ok(store.claim("", "me", SHORT, 1).await).pop().expect("it is due");
    let lease = eventually("the lease runs out", async || claim(&*store).await).await;
    refused(&*store, &frozen).await;
    ok(store.heartbeat(&lease).await);
    ok(store.complete(&lease, Some(LONG)).await);
    refused(&*store, &lease).await;
    ok(store.cancel("a").await);
    refused(&*store, &lease).await;
    ok(store.schedule("a", NOW, Bytes::new()).await);
    let again = claim(&*store).await.expect("it is due");
    assert!(again.epoch > lease.epoch, "a task that is made again goes on counting");
    refused(&*store, &lease).await;
    ok(store.release(&again, NOW).await);
    refused(&*store, &again).await;
}

async fn a_heartbeat_keeps_a_task<S: TaskQueue>(store: Arc<S>) {
    ok(store.schedule("a", NOW, Bytes::new()).await);
    let mut lease = ok(store.claim("", "me", LONG / 2, 1).await).pop().expect("it is due");
    let before = ok(store.next_due("").await).expect("the lease ends some time");
    lease.ttl = LONG;
    ok(store.heartbeat(&lease).await);
    assert!(ok(store.next_due("").await).expect("the lease ends some time") > before, "the lease lasts longer now");
}

async fn a_wake_is_not_lost<S: TaskQueue>(store: Arc<S>) {
    assert!(!ok(store.wake("a").await));
    ok(store.schedule("a", NOW, Bytes::new()).await);
    for next in [Some(LONG), None] {
        let lease = claim(&*store).await.expect("it is due");
        assert!(ok(store.wake("a").await));
        assert_eq!(claim(&*store).await, None, "a wake does not take the task from its holder");
        ok(store.complete(&lease, next).await);
    }
    let lease = claim(&*store).await.expect("it was woken while it was held");
    ok(store.complete(&lease, Some(LONG)).await);
    assert_eq!(claim(&*store).await, None, "one wake, one more round");
}

async fn scheduling_again_replaces<S: TaskQueue>(store: Arc<S>) {
    ok(store.schedule("a", NOW, text("old")).await);
    ok(store.schedule("a", LONG, text("new")).await);
    assert_eq!(claim(&*store).await, None, "the new time counts");
    ok(store.schedule("a", NOW, text("new")).await);
    let lease = claim(&*store).await.expect("it is due");
    assert_eq!(lease.payload, "new");
    ok(store.schedule("a", NOW, text("newest")).await);
    assert_eq!(claim(&*store).await, None, "the holder goes on undisturbed");
    ok(store.complete(&lease, Some(LONG)).await);
    assert_eq!(claim(&*store).await.expect("it was scheduled while it was held").payload, "newest");
}

async fn a_cancelled_task_is_gone<S: TaskQueue>(store: Arc<S>) {
    ok(store.schedule("a", NOW, Bytes::new()).await);
    let lease = claim(&*store).await.expect("it is due");
    assert!(ok(store.cancel("a").await));
    assert!(!ok(store.cancel("a").await));
    fails_with(Code::Conflict, store.complete(&lease, Some(NOW)).await, "a cancelled task does not come back");
    assert_eq!(ok(store.next_due("").await), None);
}

async fn racers_share_the_tasks<S: TaskQueue + 'static>(store: Arc<S>) {
    const TASKS: usize = 40;
    for n in 0..TASKS {
        ok(store.schedule(&format!("task {n}"), NOW, Bytes::new()).await);
    }
    let claimed = race(&store, async |store, racer| {
        let mut keys = Vec::new();
        loop {
            let leases = ok(store.claim("", &format!("racer {racer}"), LONG, 3).await);
            if leases.is_empty() {
                return keys;
            }
            keys.extend(leases.into_iter().map(|lease| lease.key));
        }
    })
    .await;
    assert_eq!(claimed.len(), RACERS);
    let mut keys = claimed.concat();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!((keys.len(), claimed.concat().len()), (TASKS, TASKS), "each task is claimed once");
}

async fn a_prefix_may_end_anywhere<S: TaskQueue>(store: Arc<S>) {
    for key in ["poll", "poll/", "poll/main/1", "poll/other/1", "pollen/1", "prune/main/1", "é/1"] {
        ok(store.schedule(key, NOW, Bytes::new()).await);
    }
    ok(store.schedule("later/1", LONG, Bytes::new()).await);
    for (prefix, expected) in [
        ("poll/main/", &["poll/main/1"][..]),
        ("poll/main/12", &[]),
        ("poll/o", &["poll/other/1"]),
        ("poll/", &["poll/"]),
        ("poll", &["poll", "pollen/1"]),
        ("none/", &[]),
        ("é/", &["é/1"]),
        ("later/", &[]),
        ("", &["prune/main/1"]),
    ] {
        let due = ok(store.next_due(prefix).await);
        let mut claimed: Vec<_> =
            ok(store.claim(prefix, "me", LONG, 10).await).into_iter().map(|lease| lease.key).collect();
        claimed.sort();
        assert_eq!(claimed, expected, "{prefix:?}");
        assert_eq!(due == Some(NOW), !expected.is_empty(), "{prefix:?}");
    }
}
