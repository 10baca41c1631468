//! Deliveries that are interrupted wherever they wait.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use connector_runtime::WorkerOptions;

use crate::receiver::{Answer, Receiver};
use crate::world::{World, distinct};

/// Polls a future so many times, and drops it where it waits then. Returns whether it had ended before.
async fn interrupted(polls: usize, work: impl Future<Output = ()>) -> bool {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|cx| {
        if work.as_mut().poll(cx).is_ready() {
            return Poll::Ready(true);
        }
        left = left.saturating_sub(1);
        if left == 0 { Poll::Ready(false) } else { Poll::Pending }
    })
    .await
}

#[tokio::test]
async fn what_is_interrupted_anywhere_loses_nothing() {
    let world = World::new().await;
    // Every fifth event fails at first, so that failed deliveries are written too.
    let tries = std::sync::Mutex::new(std::collections::BTreeSet::new());
    let receiver = Receiver::start(move |one| {
        let is_first = tries.lock().unwrap().insert(one.number());
        Answer::status(if one.number() % 5 == 4 && is_first { 500 } else { 204 })
    })
    .await;
    let made = world.destination(&receiver, |new| new).await;
    let mut committed = 0;
    for polls in 1..=120 {
        world.commit(3).await;
        committed += 3;
        // The workers are dropped with all that they have begun; their leases end after a moment.
        let mut options = WorkerOptions::default();
        options.prefixes = ["deliver/", "retry/"].map(str::to_owned).to_vec();
        options.lease = Duration::from_millis(20);
        let work = async { world.host.work(options, std::future::pending()).await.unwrap() };
        assert!(!interrupted(polls, work).await);
        tokio::time::sleep(Duration::from_millis(21)).await;
    }
    for _ in 0..4 {
        world.pass(Duration::from_secs(3600)).await;
        world.work().await;
    }
    assert_eq!(distinct(receiver.taken()), (0..committed).collect::<Vec<_>>());
    assert_eq!(world.waiting(&made).await, 0);
    let id = made.info.destination.id.as_str();
    assert!(world.owner().deliveries().failed(id, None, 10).await.unwrap().is_empty());
    // A message has one id, however often it came.
    let ids: std::collections::BTreeSet<String> = receiver.all().iter().map(super::receiver::Received::id).collect();
    assert_eq!(u64::try_from(ids.len()).unwrap(), committed);
}
