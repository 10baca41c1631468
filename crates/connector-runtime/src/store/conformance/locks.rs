//! Checks of locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use connector_sdk::Code;

use super::{LONG, SHORT, eventually, fails_with, ok, race, run, text};
use crate::store::{DocumentStore, Store};

pub(super) async fn check<S: Store + 'static>(make: &impl AsyncFn() -> S) {
    run!(
        make,
        a_lock_has_one_owner,
        only_the_owner_unlocks,
        a_lock_ends_by_itself,
        renewing_keeps_a_lock,
        a_lost_lock_cannot_be_renewed,
        racers_never_overlap,
        locks_and_documents_are_apart,
    );
}

async fn a_lock_has_one_owner<S: DocumentStore>(store: Arc<S>) {
    let lock = ok(store.lock("a", "me", LONG).await).expect("it is free");
    assert_eq!((&*lock.key, &*lock.owner), ("a", "me"));
    assert_eq!(ok(store.lock("a", "you", LONG).await), None, "it is taken");
    assert_eq!(ok(store.lock("a", "me", LONG).await), None, "nobody is let in twice");
    let other = ok(store.lock("b", "you", LONG).await).expect("another key is another lock");
    assert!(other.fence > lock.fence, "fences rise over all locks");
    assert!(other.until >= lock.until, "one clock for all");
}

async fn only_the_owner_unlocks<S: DocumentStore>(store: Arc<S>) {
    let first = ok(store.lock("a", "me", LONG).await).expect("it is free");
    assert!(!ok(store.unlock("a", "you").await), "another's lock is left alone");
    assert_eq!(ok(store.lock("a", "you", LONG).await), None);
    assert!(ok(store.unlock("a", "me").await));
    assert!(!ok(store.unlock("a", "me").await), "it is given back once");
    let second = ok(store.lock("a", "you", LONG).await).expect("it is free again");
    assert!(second.fence > first.fence, "each holder has a higher fence");
}

async fn a_lock_ends_by_itself<S: DocumentStore>(store: Arc<S>) {
    let dead = ok(store.lock("a", "dead", SHORT).await).expect("it is free");
    let lock = eventually("the lock of a dead holder ends", async || ok(store.lock("a", "me", LONG).await)).await;
    assert!(lock.fence > dead.fence);
    assert!(!ok(store.unlock("a", "dead").await), "the late holder does not give back what is another's");
    assert_eq!(ok(store.lock("a", "you", LONG).await), None);
}

async fn renewing_keeps_a_lock<S: DocumentStore>(store: Arc<S>) {
    let short = ok(store.lock("a", "me", LONG / 2).await).expect("it is free");
    let long = ok(store.renew("a", "me", LONG).await);
    assert!(long.until > short.until, "it lasts longer now");
    assert_eq!(long.fence, short.fence, "it is the same holder");
    ok(store.renew("a", "me", SHORT).await);
    eventually("a renewed lock ends by its new time", async || ok(store.lock("a", "you", LONG).await)).await;
}

async fn a_lost_lock_cannot_be_renewed<S: DocumentStore>(store: Arc<S>) {
    fails_with(Code::Conflict, store.renew("a", "me", LONG).await, "what is not held cannot be renewed");
    ok(store.lock("a", "me", SHORT).await).expect("it is free");
    eventually("the lock ends", async || ok(store.lock("a", "you", LONG).await)).await;
    fails_with(Code::Conflict, store.renew("a", "me", LONG).await, "a lost lock cannot be renewed");
    assert!(ok(store.unlock("a", "you").await));
    fails_with(Code::Conflict, store.renew("a", "me", LONG).await, "not even when it is free again");
}

async fn racers_never_overlap<S: DocumentStore + 'static>(store: Arc<S>) {
    let inside = Arc::new(AtomicUsize::new(0));
    let turns = race(&store, |store, racer| {
        let inside = Arc::clone(&inside);
        async move {
            let owner = format!("racer {racer}");
            let mut fences = Vec::new();
            while fences.len() < 5 {
                let Some(lock) = ok(store.lock("a", &owner, LONG).await) else {
                    tokio::task::yield_now().await;
                    continue;
                };
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "a lock has one holder");
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
                fences.push(lock.fence);
                assert!(ok(store.unlock("a", &owner).await));
            }
            fences
        }
    })
    .await;
    let mut fences = turns.concat();
    let all = fences.len();
    fences.sort_unstable();
    fences.dedup();
    assert_eq!(fences.len(), all, "no two holders have the same fence");
}

async fn locks_and_documents_are_apart<S: DocumentStore>(store: Arc<S>) {
    ok(store.lock("a", "me", LONG).await).expect("it is free");
    let revision = ok(store.put("k", "a", None, text("x")).await);
    ok(store.remove("k", "a", revision).await);
    assert_eq!(ok(store.lock("a", "you", LONG).await), None, "the lock is still held");
}
