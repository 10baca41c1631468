//! Checks of documents.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use connector_sdk::Code;

use super::{RACERS, fails_with, ok, race, run, text};
use crate::store::{DocumentStore, MAX_NAME, Put, Store};

pub(super) async fn check<S: Store + 'static>(make: &impl AsyncFn() -> S) {
    run!(
        make,
        a_document_is_what_was_put,
        a_reserved_write_is_a_write,
        any_bytes_and_any_names,
        a_stale_revision_changes_nothing,
        several_are_written_all_or_none,
        a_revision_is_never_used_twice,
        racing_increments_all_count,
        one_racer_creates,
        lists_are_in_order_and_in_pages,
        a_prefix_is_taken_literally,
        kinds_are_those_with_documents,
        names_have_bounds,
    );
}

async fn a_document_is_what_was_put<S: DocumentStore>(store: Arc<S>) {
    assert_eq!(ok(store.get("k", "a").await), None);
    assert_eq!(ok(store.revision("k", "a").await), None);
    let first = ok(store.put("k", "a", None, text("one")).await);
    let doc = ok(store.get("k", "a").await).expect("it was put");
    assert_eq!((doc.revision, doc.bytes), (first, text("one")));
    let second = ok(store.put("k", "a", Some(first), text("two")).await);
    assert!(second > first, "a later revision has a larger number");
    assert_eq!(ok(store.get("k", "a").await).expect("it was put").bytes, "two");
    assert_eq!(ok(store.get("other", "a").await), None, "kinds are apart");
    assert_eq!(ok(store.revision("k", "a").await), Some(second), "the revision without the content is the same");
    ok(store.remove("k", "a", second).await);
    assert_eq!(ok(store.get("k", "a").await), None);
}

async fn a_reserved_write_is_a_write<S: DocumentStore>(store: Arc<S>) {
    let first = ok(store.put_reserved("k", "a", None, text("without a reserve")).await);
    ok(store.reserve().await);
    ok(store.reserve().await);
    fails_with(Code::Conflict, store.put_reserved("k", "a", None, text("x")).await, "there is one already");
    let second = ok(store.put_reserved("k", "a", Some(first), text("with one")).await);
    assert!(second > first, "a later revision has a larger number");
    fails_with(
        Code::Conflict,
        store.put_reserved("k", "a", Some(first), text("late")).await,
        "it was changed meanwhile",
    );
    assert_eq!(ok(store.get("k", "a").await).expect("it was put").bytes, text("with one"));
}

async fn any_bytes_and_any_names<S: DocumentStore>(store: Arc<S>) {
    let all: Bytes = (0..=255).cycle().take(200_000).collect::<Vec<u8>>().into();
    for (key, bytes) in [("größe/日本 %_'\"", all), ("empty", Bytes::new())] {
        ok(store.put("k", key, None, bytes.clone()).await);
        assert_eq!(ok(store.get("k", key).await).expect("it was put").bytes, bytes);
    }
    assert_eq!(ok(store.get("k", "EMPTY").await), None, "keys are compared by their bytes");
}

async fn a_stale_revision_changes_nothing<S: DocumentStore>(store: Arc<S>) {
    let old = ok(store.put("k", "a", None, text("one")).await);
    let new = ok(store.put("k", "a", Some(old), text("two")).await);
    fails_with(Code::Conflict, store.put("k", "a", None, text("x")).await, "None means that there is none");
    fails_with(Code::Conflict, store.put("k", "a", Some(old), text("x")).await, "an old revision writes nothing");
    fails_with(Code::Conflict, store.put("k", "none", Some(new), text("x")).await, "what is not there has no revision");
    fails_with(Code::Conflict, store.remove("k", "a", old).await, "an old revision removes nothing");
    fails_with(Code::Conflict, store.remove("k", "none", new).await, "what is not there cannot be removed");
    let doc = ok(store.get("k", "a").await).expect("it is still there");
    assert_eq!((doc.revision, doc.bytes), (new, text("two")));
}

async fn several_are_written_all_or_none<S: DocumentStore>(store: Arc<S>) {
    let put = |kind: &str, key: &str, expected, content: &str| Put {
        kind: kind.into(),
        key: key.into(),
        expected,
        bytes: text(content),
    };
    let all = ok(store.put_all(vec![put("k", "a", None, "a1"), put("l", "b", None, "b1")]).await);
    assert_eq!(ok(store.get("l", "b").await).map(|doc| (doc.revision, doc.bytes)), Some((all[1], text("b1"))));
    assert!(all[0] < all[1], "each has a revision of its own");
    for stale in [put("l", "b", None, "b2"), put("l", "b", Some(all[0]), "b2"), put("l", "none", Some(all[1]), "c2")] {
        let documents = vec![put("k", "a", Some(all[0]), "a2"), put("k", "new", None, "n2"), stale];
        fails_with(
            Code::Conflict,
            store.put_all(documents).await,
            "one that is stale keeps all of them from being written",
        );
        assert_eq!(ok(store.get("k", "a").await).map(|doc| (doc.revision, doc.bytes)), Some((all[0], text("a1"))));
        assert_eq!(ok(store.get("k", "new").await), None, "nothing of it is written");
    }
    assert_eq!(ok(store.put_all(Vec::new()).await), []);
}

async fn a_revision_is_never_used_twice<S: DocumentStore>(store: Arc<S>) {
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        let revision = ok(store.put("k", "a", None, text("x")).await);
        assert!(seen.insert(revision), "a document that is made again must not look like the one before");
        ok(store.remove("k", "a", revision).await);
    }
    for old in seen {
        fails_with(Code::Conflict, store.put("k", "a", Some(old), text("x")).await, "a removed document stays removed");
    }
}

async fn racing_increments_all_count<S: DocumentStore + 'static>(store: Arc<S>) {
    const EACH: u64 = 10;
    ok(store.put("k", "n", None, text("0")).await);
    race(&store, async |store, _| {
        for _ in 0..EACH {
            loop {
                let doc = ok(store.get("k", "n").await).expect("it is there");
                let n: u64 = std::str::from_utf8(&doc.bytes).expect("text").parse().expect("a number");
                match store.put("k", "n", Some(doc.revision), text(&(n + 1).to_string())).await {
                    Ok(_) => break,
                    Err(error) => assert_eq!(error.code(), Code::Conflict, "a lost race is a conflict: {error}"),
                }
            }
        }
    })
    .await;
    assert_eq!(ok(store.get("k", "n").await).expect("it is there").bytes, (RACERS as u64 * EACH).to_string());
}

async fn one_racer_creates<S: DocumentStore + 'static>(store: Arc<S>) {
    let made =
        race(&store, async |store, racer| store.put("k", "a", None, text(&racer.to_string())).await.is_ok()).await;
    let winners: Vec<usize> = (0..RACERS).filter(|racer| made[*racer]).collect();
    assert_eq!(winners.len(), 1, "exactly one makes it");
    assert_eq!(ok(store.get("k", "a").await).expect("it was made").bytes, winners[0].to_string());
}

async fn lists_are_in_order_and_in_pages<S: DocumentStore>(store: Arc<S>) {
    for key in ["b/2", "a", "b/10", "b/1", "ba", "c", "B/1"] {
        ok(store.put("k", key, None, text(key)).await);
    }
    ok(store.put("other", "b/5", None, text("x")).await);
    let keys = async |prefix: &str, after: Option<&str>, limit| -> Vec<String> {
        let found = ok(store.list("k", prefix, after, limit).await);
        assert!(found.iter().all(|(key, doc)| doc.bytes == *key.as_bytes()), "each key with its own content");
        found.into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys("", None, 100).await, ["B/1", "a", "b/1", "b/10", "b/2", "ba", "c"]);
    assert_eq!(keys("b/", None, 100).await, ["b/1", "b/10", "b/2"]);
    assert_eq!(keys("b/", None, 2).await, ["b/1", "b/10"]);
    assert_eq!(keys("b/", Some("b/10"), 2).await, ["b/2"]);
    assert_eq!(keys("b/", Some("a"), 1).await, ["b/1"], "`after` may lie before the prefix");
    assert_eq!(keys("b/", Some("b/11"), 1).await, ["b/2"], "and need not exist");
    assert_eq!(keys("b/", Some("c"), 5).await, [""; 0]);
    assert_eq!(keys("b/", None, 0).await, [""; 0]);
    assert_eq!(keys("x", None, 5).await, [""; 0]);
}

async fn a_prefix_is_taken_literally<S: DocumentStore>(store: Arc<S>) {
    for key in ["a%", "a_c", "abc", "a*", "é1", "é2", "\u{10ffff}z"] {
        ok(store.put("k", key, None, text("x")).await);
    }
    for (prefix, count) in [("a%", 1), ("a_", 1), ("a*", 1), ("é", 2), ("\u{10ffff}", 1), ("a", 4)] {
        assert_eq!(ok(store.list("k", prefix, None, 9).await).len(), count, "keys that begin with {prefix}");
    }
}

async fn kinds_are_those_with_documents<S: DocumentStore>(store: Arc<S>) {
    assert_eq!(ok(store.kinds("").await), [""; 0]);
    for (kind, key) in [("a.x", "1"), ("b", "1"), ("a.y", "1"), ("a.x", "2")] {
        ok(store.put(kind, key, None, text("x")).await);
    }
    assert_eq!(ok(store.kinds("").await), ["a.x", "a.y", "b"]);
    assert_eq!(ok(store.kinds("a.").await), ["a.x", "a.y"]);
    let revision = ok(store.get("b", "1").await).expect("it was put").revision;
    ok(store.remove("b", "1", revision).await);
    assert_eq!(ok(store.kinds("b").await), [""; 0]);
}

async fn names_have_bounds<S: DocumentStore>(store: Arc<S>) {
    let longest = "x".repeat(MAX_NAME);
    ok(store.put("k", &longest, None, text("x")).await);
    for name in ["", "a\nb", "a\0", &format!("{longest}x")] {
        fails_with(Code::InvalidInput, store.put("k", name, None, text("x")).await, "a key has bounds");
        fails_with(Code::InvalidInput, store.put(name, "k", None, text("x")).await, "a kind has bounds");
        fails_with(Code::InvalidInput, store.get("k", name).await, "a key has bounds");
    }
}
