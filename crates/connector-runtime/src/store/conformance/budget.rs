//! Checks of budgets.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::Code;

use super::{LONG, RACERS, SHORT, eventually, fails_with, ok, race, run};
use crate::store::{RateBudget, Share, Store, Take};

pub(super) async fn check<S: Store + 'static>(make: &impl AsyncFn() -> S) {
    run!(
        make,
        no_more_than_the_limit,
        all_or_none,
        it_fills_again,
        more_than_the_limit_is_refused,
        a_new_limit_counts,
        racers_share_a_budget,
        who_is_alone_has_all,
        who_comes_gets_what_others_spare,
        who_waits_longest_comes_first,
        more_holders_than_there_is_take_turns,
        a_lease_ends_with_its_time,
        a_pause_is_everybody_s,
        racers_never_have_more_than_there_is,
    );
}

async fn granted<S: RateBudget>(store: &S, key: &str, n: u32, limit: u32, window: Duration) -> bool {
    match ok(store.take(key, n, limit, window).await) {
        Take::Granted => true,
        Take::Wait(wait) => {
            assert!(
                wait > Duration::ZERO && wait <= window * 2,
                "a wait that can be waited for: {wait:?} of {window:?}"
            );
            false
        }
    }
}

async fn no_more_than_the_limit<S: RateBudget>(store: Arc<S>) {
    for _ in 0..5 {
        assert!(granted(&*store, "a", 1, 5, LONG).await, "the limit is there at once");
    }
    assert!(!granted(&*store, "a", 1, 5, LONG).await, "and no more than it");
    assert!(granted(&*store, "b", 1, 5, LONG).await, "keys are apart");
}

async fn all_or_none<S: RateBudget>(store: Arc<S>) {
    assert!(granted(&*store, "a", 3, 5, LONG).await);
    assert!(!granted(&*store, "a", 3, 5, LONG).await);
    assert!(granted(&*store, "a", 2, 5, LONG).await, "a refusal takes nothing");
    assert!(granted(&*store, "a", 0, 5, LONG).await, "nothing can always be had");
}

async fn it_fills_again<S: RateBudget>(store: Arc<S>) {
    assert!(granted(&*store, "a", 5, 5, SHORT).await);
    eventually("the window passes", async || granted(&*store, "a", 5, 5, SHORT).await.then_some(())).await;
}

async fn more_than_the_limit_is_refused<S: RateBudget>(store: Arc<S>) {
    fails_with(Code::InvalidInput, store.take("a", 6, 5, LONG).await, "it would wait for ever");
    assert!(granted(&*store, "a", 5, 5, LONG).await);
}

async fn a_new_limit_counts<S: RateBudget>(store: Arc<S>) {
    assert!(granted(&*store, "a", 5, 5, LONG).await);
    assert!(granted(&*store, "a", 5, 10, LONG).await, "a higher limit counts at once");
    assert!(!granted(&*store, "a", 1, 3, LONG).await, "and so does a lower one");
}

async fn racers_share_a_budget<S: RateBudget + 'static>(store: Arc<S>) {
    const LIMIT: u32 = 20;
    let had = race(&store, async |store, _| {
        let mut had = 0;
        while granted(&*store, "a", 1, LIMIT, LONG).await {
            had += 1;
        }
        had
    })
    .await;
    assert_eq!(had.len(), RACERS);
    assert_eq!(had.iter().sum::<u32>(), LIMIT);
}

/// Leases for a time that does not end, of four; returns what was granted, and whether others wait.
async fn lease<S: RateBudget>(store: &S, holder: &str, want: u32) -> (u32, bool) {
    let Share { granted, contended, paused } = ok(store.lease("a", holder, want, 4, LONG).await);
    assert_eq!(paused, None, "nobody has paused it");
    (granted, contended)
}

async fn who_is_alone_has_all<S: RateBudget>(store: Arc<S>) {
    assert_eq!(lease(&*store, "one", 2).await, (2, false), "no more than it wants");
    assert_eq!(lease(&*store, "one", 9).await, (4, false), "and no more than there is");
    assert_eq!(lease(&*store, "one", 4).await, (4, false), "a renewal is no second lease");
    let other = ok(store.lease("b", "two", 4, 4, LONG).await);
    assert_eq!(other, Share { granted: 4, contended: false, paused: None }, "keys are apart");
    assert_eq!(lease(&*store, "one", 1).await, (1, false), "it gives back what it does not want");
    assert_eq!(lease(&*store, "two", 4).await, (3, false));
}

async fn who_comes_gets_what_others_spare<S: RateBudget>(store: Arc<S>) {
    assert_eq!(lease(&*store, "one", 4).await, (4, false));
    assert_eq!(lease(&*store, "two", 4).await, (0, false), "nothing is taken away");
    assert_eq!(lease(&*store, "one", 4).await, (4, true), "not by a renewal either, but it learns of it");
    assert_eq!(lease(&*store, "one", 2).await, (2, false), "its fair part");
    assert_eq!(lease(&*store, "two", 4).await, (2, false));
    assert_eq!(lease(&*store, "one", 4).await, (2, false), "there is no more");
    assert_eq!(lease(&*store, "three", 4).await, (0, false));
    assert_eq!(lease(&*store, "one", 1).await, (1, false));
    assert_eq!(lease(&*store, "one", 4).await, (1, false), "what it gave back is another's");
    assert_eq!(lease(&*store, "three", 4).await, (1, false));
    ok(store.end_lease("a", "two").await);
    ok(store.end_lease("a", "two").await);
    assert_eq!(lease(&*store, "one", 4).await, (2, false), "its fair part is larger now");
    assert_eq!(lease(&*store, "three", 0).await, (0, false), "who wants nothing has none");
    assert_eq!(lease(&*store, "one", 4).await, (4, false), "and waits for none");
}

async fn who_waits_longest_comes_first<S: RateBudget>(store: Arc<S>) {
    assert_eq!(lease(&*store, "one", 4).await.0, 4);
    for waiting in ["two", "three", "four"] {
        assert_eq!(lease(&*store, waiting, 4).await.0, 0);
    }
    assert_eq!(lease(&*store, "one", 3).await.0, 3);
    assert_eq!(lease(&*store, "four", 4).await.0, 0, "two have waited longer");
    assert_eq!(lease(&*store, "three", 4).await.0, 0, "one has waited longer");
    assert_eq!(lease(&*store, "two", 4).await.0, 1);
    assert_eq!(lease(&*store, "one", 1).await, (1, false));
    assert_eq!(lease(&*store, "two", 4).await.0, 1, "nobody grows while another has nothing");
    assert_eq!(lease(&*store, "four", 4).await.0, 1);
    assert_eq!(lease(&*store, "three", 4).await.0, 1);
}

async fn more_holders_than_there_is_take_turns<S: RateBudget>(store: Arc<S>) {
    let take = async |holder| ok(store.lease("a", holder, 1, 2, LONG).await);
    let (granted, waits) =
        (Share { granted: 1, contended: false, paused: None }, Share { granted: 0, contended: false, paused: None });
    assert_eq!((take("one").await, take("two").await, take("three").await), (granted, granted, waits));
    assert_eq!(take("one").await, Share { contended: true, ..granted });
    ok(store.end_lease("a", "one").await);
    assert_eq!(take("one").await, waits, "another has waited longer");
    assert_eq!((take("three").await, take("one").await), (Share { contended: true, ..granted }, waits));
}

async fn a_lease_ends_with_its_time<S: RateBudget>(store: Arc<S>) {
    assert_eq!(ok(store.lease("a", "dead", 4, 4, SHORT).await).granted, 4);
    eventually("a lease ends", async || (lease(&*store, "one", 4).await.0 == 4).then_some(())).await;
    assert_eq!(ok(store.lease("b", "dead", 4, 4, LONG).await).granted, 4);
    assert_eq!(ok(store.lease("b", "waits", 4, 4, SHORT).await).granted, 0);
    assert!(
        eventually("a wait ends", async || {
            let share = ok(store.lease("b", "dead", 4, 4, LONG).await);
            (!share.contended).then_some(share.granted == 4)
        })
        .await
    );
}

async fn a_pause_is_everybody_s<S: RateBudget>(store: Arc<S>) {
    let paused = async |key| ok(store.lease(key, "one", 1, 4, LONG).await).paused;
    ok(store.pause("a", LONG).await);
    let wait = paused("a").await.expect("it was paused");
    assert!(wait <= LONG && wait > LONG / 2, "{wait:?}");
    ok(store.pause("a", SHORT).await);
    assert!(paused("a").await.is_some_and(|wait| wait > LONG / 2), "a shorter one takes nothing away");
    assert_eq!(ok(store.lease("a", "two", 0, 4, LONG).await).granted, 0);
    assert!(ok(store.lease("a", "two", 0, 4, LONG).await).paused.is_some(), "who wants nothing learns of it too");
    assert_eq!(paused("b").await, None, "keys are apart");
    ok(store.pause("b", SHORT).await);
    eventually("a pause ends", async || paused("b").await.is_none().then_some(())).await;
}

async fn racers_never_have_more_than_there_is<S: RateBudget + 'static>(store: Arc<S>) {
    use std::sync::atomic::{AtomicU32, Ordering};
    let used = Arc::new(AtomicU32::new(0));
    let all = race(&store, |store, racer| {
        let used = used.clone();
        async move {
            let holder = format!("racer {racer}");
            let mut turns = 0;
            while turns < 10 {
                let granted = ok(store.lease("a", &holder, 1 + racer as u32 % 4, 4, LONG).await).granted;
                if granted == 0 {
                    tokio::task::yield_now().await;
                    continue;
                }
                let now = used.fetch_add(granted, Ordering::SeqCst) + granted;
                assert!(now <= 4, "{now} of 4 were used at once");
                tokio::task::yield_now().await;
                used.fetch_sub(granted, Ordering::SeqCst);
                ok(store.end_lease("a", &holder).await);
                turns += 1;
            }
            turns
        }
    })
    .await;
    assert_eq!(all, [10; RACERS], "everybody had a turn");
}
