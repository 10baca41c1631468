//! Checks of audit logs.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Code, Effect};

use super::{LONG, RACERS, SHORT, fails_with, ok, race, run};
use crate::principal::{Interface, PrincipalId};
use crate::store::{AuditEnd, AuditEntry, AuditFilter, AuditKind, AuditLog, Store};

pub(super) async fn check<S: Store + 'static>(make: &impl AsyncFn() -> S) {
    run!(
        make,
        entries_come_back_as_they_were_written,
        pages_go_on_where_they_ended,
        filters_let_pass_what_they_name,
        every_kind_comes_back_and_is_found,
        an_entry_ends_once,
        old_entries_go_the_oldest_first,
        racers_lose_no_entry
    );
}

fn entry(principal: &str, action: &str) -> AuditEntry {
    AuditEntry {
        kind: AuditKind::Run,
        principal: PrincipalId::new(principal).unwrap_or_else(|_| PrincipalId::owner()),
        interface: Interface::Http,
        action: Some(action.to_owned()),
        effect: Some(Effect::Send),
        connection: Some("c1".to_owned()),
        target: None,
        end: None,
    }
}

fn end() -> AuditEnd {
    AuditEnd {
        code: Some(Code::Throttled),
        reason: Some("why".to_owned()),
        milliseconds: 17,
        repeated: true,
        requests: 2,
        request_ids: vec!["r1".to_owned(), "r2".to_owned()],
        target: Some("t".to_owned()),
    }
}

async fn all<S: AuditLog>(store: &S) -> Vec<AuditEntry> {
    let page = ok(store.entries(&AuditFilter::default(), None, usize::MAX).await);
    page.into_iter().map(|record| record.entry).collect()
}

async fn entries_come_back_as_they_were_written<S: AuditLog>(store: Arc<S>) {
    let owner = AuditEntry { principal: PrincipalId::owner(), action: None, effect: None, ..entry("a", "x") };
    let ended = AuditEntry { target: Some("k1".to_owned()), end: Some(end()), ..entry("a", "é\"'") };
    let ids = ok(store.record(&[owner.clone(), ended.clone()]).await);
    assert!(ids.len() == 2 && ids[0] < ids[1], "each has an id, and they rise: {ids:?}");
    assert_eq!(all(&*store).await, [ended, owner], "the latest comes first");
    assert!(ok(store.record(&[]).await).is_empty(), "nothing can always be appended");
}

async fn pages_go_on_where_they_ended<S: AuditLog>(store: Arc<S>) {
    let entries: Vec<_> = (0..7).map(|at| entry("a", &format!("x{at}"))).collect();
    ok(store.record(&entries).await);
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = ok(store.entries(&AuditFilter::default(), before, 3).await);
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 3, "a page has its limit");
        before = Some(last.id);
        seen.extend(page.into_iter().map(|record| record.entry));
        ok(store.record(&[entry("late", "late")]).await);
    }
    seen.reverse();
    assert_eq!(seen, entries, "each once, and none that came meanwhile");
}

async fn filters_let_pass_what_they_name<S: AuditLog>(store: Arc<S>) {
    let other = AuditEntry { kind: AuditKind::ApiKeyAdded, connection: None, end: Some(end()), ..entry("b", "y") };
    ok(store.record(&[entry("a", "x"), entry("b", "x"), other, entry("c", "x")]).await);
    let count = async |filter: AuditFilter| ok(store.entries(&filter, None, 100).await).len();
    let principals = |ids: &[&str]| Some(ids.iter().filter_map(|id| PrincipalId::new(*id).ok()).collect());
    let any = AuditFilter::default;
    assert_eq!(count(AuditFilter { principals: principals(&["a", "b"]), ..any() }).await, 3, "principals");
    assert_eq!(count(AuditFilter { principals: principals(&[]), ..any() }).await, 0, "no principal");
    assert_eq!(count(AuditFilter { kind: Some(AuditKind::ApiKeyAdded), ..any() }).await, 1, "kinds");
    assert_eq!(count(AuditFilter { action: Some("x".to_owned()), ..any() }).await, 3, "actions");
    assert_eq!(count(AuditFilter { action: Some("x' OR 1=1".to_owned()), ..any() }).await, 0, "names are names");
    assert_eq!(count(AuditFilter { connection: Some("c1".to_owned()), ..any() }).await, 3, "connections");
    assert_eq!(count(AuditFilter { is_open: true, ..any() }).await, 3, "open ones");
    let both = AuditFilter { principals: principals(&["b"]), action: Some("x".to_owned()), ..any() };
    assert_eq!(count(both).await, 1, "all that is set must hold");
}

async fn every_kind_comes_back_and_is_found<S: AuditLog>(store: Arc<S>) {
    let entries: Vec<_> = AuditKind::ALL.iter().map(|kind| AuditEntry { kind: *kind, ..entry("a", "x") }).collect();
    ok(store.record(&entries).await);
    for (kind, entry) in AuditKind::ALL.iter().zip(&entries) {
        let filter = AuditFilter { kind: Some(*kind), ..AuditFilter::default() };
        let found = ok(store.entries(&filter, None, 10).await);
        assert!(found.len() == 1 && found[0].entry == *entry, "{} is found by its kind", kind.name());
    }
}

async fn an_entry_ends_once<S: AuditLog>(store: Arc<S>) {
    let id = ok(store.record(&[entry("a", "x")]).await)[0];
    ok(store.finish(id, &end()).await);
    assert_eq!(all(&*store).await[0].end, Some(end()));
    fails_with(Code::Conflict, store.finish(id, &AuditEnd::default()).await, "an end stays");
    assert_eq!(all(&*store).await[0].end, Some(end()));
    fails_with(Code::Conflict, store.finish(id + 1000, &end()).await, "what is not there has no end");
}

async fn old_entries_go_the_oldest_first<S: AuditLog>(store: Arc<S>) {
    let entries: Vec<_> = (0..5).map(|at| entry("a", &format!("x{at}"))).collect();
    ok(store.record(&entries).await);
    assert_eq!(ok(store.prune(LONG, 100).await), 0, "they are not that old");
    tokio::time::sleep(SHORT).await;
    assert_eq!(ok(store.prune(Duration::ZERO, 2).await), 2, "no more than asked for");
    let left: Vec<_> = all(&*store).await.into_iter().rev().collect();
    assert_eq!(left, entries[2..], "the oldest are gone");
    assert_eq!(ok(store.prune(Duration::ZERO, 100).await), 3);
}

async fn racers_lose_no_entry<S: AuditLog + 'static>(store: Arc<S>) {
    const EACH: usize = 20;
    let ids = race(&store, async |store, racer| {
        let mut ids = Vec::new();
        for _ in 0..EACH {
            let own = ok(store.record(&[entry(&format!("r{racer}"), "x")]).await)[0];
            ok(store.finish(own, &end()).await);
            ids.push(own);
        }
        ids
    })
    .await;
    let mut ids: Vec<u64> = ids.into_iter().flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RACERS * EACH, "no id is used twice");
    assert_eq!(all(&*store).await.len(), RACERS * EACH);
}
