//! Checks of budgets.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::Code;

use super::{LONG, RACERS, SHORT, eventually, fails_with, ok, race, run};
use crate::store::{RateBudget, Store, Take};

pub(super) async fn check<S: Store + 'static>(make: &impl AsyncFn() -> S) {
    run!(
        make,
        no_more_than_the_limit,
        all_or_none,
        it_fills_again,
        more_than_the_limit_is_refused,
        a_new_limit_counts,
        racers_share_a_budget
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
