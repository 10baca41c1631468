//! The embedded engine against simple models, with time that the test moves.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use connector_runtime::store::{
    DocumentStore, EventLog, Lease, NewEvent, RateBudget, Revision, Sqlite, Take, TaskQueue,
};
use connector_sdk::{Code, Result};
use proptest::prelude::*;

/// Runs one case on a new store, in time that only moves when the test advances it.
fn run(case: impl AsyncFnOnce(Sqlite)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async { case(Sqlite::in_memory().unwrap()).await });
}

fn refused<T: std::fmt::Debug>(result: Result<T>) {
    assert_eq!(result.unwrap_err().code(), Code::Conflict);
}

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[derive(Debug, Clone)]
enum DocOp {
    /// With the revision that was seen so many changes ago; 0 is the present one.
    Put {
        key: u8,
        age: usize,
        byte: u8,
    },
    Create {
        key: u8,
        byte: u8,
    },
    Remove {
        key: u8,
        age: usize,
    },
}

fn doc_ops() -> impl Strategy<Value = Vec<DocOp>> {
    let age = prop_oneof![4 => Just(0usize), 1 => 1usize..4];
    let op = prop_oneof![
        (0u8..3, age.clone(), any::<u8>()).prop_map(|(key, age, byte)| DocOp::Put { key, age, byte }),
        (0u8..3, any::<u8>()).prop_map(|(key, byte)| DocOp::Create { key, byte }),
        (0u8..3, age).prop_map(|(key, age)| DocOp::Remove { key, age }),
    ];
    prop::collection::vec(op, 0..40)
}

#[derive(Debug, Clone)]
enum LockOp {
    Lock { owner: u8, ttl: u64 },
    Renew { owner: u8, ttl: u64 },
    Unlock { owner: u8 },
    Wait(u64),
}

fn lock_ops() -> impl Strategy<Value = Vec<LockOp>> {
    let op = prop_oneof![
        (0u8..3, 1u64..50).prop_map(|(owner, ttl)| LockOp::Lock { owner, ttl }),
        (0u8..3, 1u64..50).prop_map(|(owner, ttl)| LockOp::Renew { owner, ttl }),
        (0u8..3).prop_map(|owner| LockOp::Unlock { owner }),
        (1u64..40).prop_map(LockOp::Wait),
    ];
    prop::collection::vec(op, 0..60)
}

#[derive(Debug, Clone)]
enum TaskOp {
    Schedule {
        after: u64,
    },
    Wake,
    Cancel,
    Claim {
        ttl: u64,
    },
    /// With the lease that was given so many claims ago; 0 is the latest.
    Heartbeat {
        age: usize,
    },
    Complete {
        age: usize,
        next: Option<u64>,
    },
    Release {
        age: usize,
        retry: u64,
    },
    Wait(u64),
}

fn task_ops() -> impl Strategy<Value = Vec<TaskOp>> {
    let age = prop_oneof![3 => Just(0usize), 1 => 1usize..3].boxed();
    let op = prop_oneof![
        1 => (0u64..30).prop_map(|after| TaskOp::Schedule { after }),
        1 => Just(TaskOp::Wake),
        1 => Just(TaskOp::Cancel),
        4 => (1u64..50).prop_map(|ttl| TaskOp::Claim { ttl }),
        1 => age.clone().prop_map(|age| TaskOp::Heartbeat { age }),
        2 => (age.clone(), prop::option::of(0u64..30)).prop_map(|(age, next)| TaskOp::Complete { age, next }),
        2 => (age, 0u64..30).prop_map(|(age, retry)| TaskOp::Release { age, retry }),
        3 => (1u64..40).prop_map(TaskOp::Wait),
    ];
    prop::collection::vec(op, 0..60)
}

/// Expected state of a task.
#[derive(Debug, Default)]
struct Task {
    ready: u64,
    held: bool,
    again: Option<u64>,
    attempt: u32,
}

#[derive(Debug, Clone)]
enum LogOp {
    Commit { ids: Vec<u8>, stale: bool },
    Read { consumer: usize, limit: usize },
    Ack { consumer: usize, count: usize },
    Leave { consumer: usize },
    Forget,
}

fn log_ops() -> impl Strategy<Value = Vec<LogOp>> {
    let op = prop_oneof![
        4 => (prop::collection::vec(0u8..40, 0..6), prop::bool::weighted(0.2)).prop_map(|(ids, stale)| LogOp::Commit { ids, stale }),
        4 => (0usize..3, 0usize..8).prop_map(|(consumer, limit)| LogOp::Read { consumer, limit }),
        3 => (0usize..3, 1usize..6).prop_map(|(consumer, count)| LogOp::Ack { consumer, count }),
        1 => (0usize..3).prop_map(|consumer| LogOp::Leave { consumer }),
        1 => Just(LogOp::Forget),
    ];
    prop::collection::vec(op, 0..50)
}

/// Expected state of a source.
#[derive(Debug, Default)]
struct Source {
    cursor: Option<Revision>,
    old: Vec<Revision>,
    seen: BTreeSet<u8>,
    /// Added events, oldest first. The consumers decide how many of them are kept.
    events: Vec<u8>,
    dropped: usize,
    /// Number of events that each consumer has acknowledged.
    done: BTreeMap<usize, usize>,
}

impl Source {
    fn unread(&self, consumer: usize) -> &[u8] {
        let done = self.done.get(&consumer).copied().unwrap_or_default();
        &self.events[done.max(self.dropped)..]
    }
    fn drop_done(&mut self) {
        if let Some(least) = self.done.values().min() {
            self.dropped = self.dropped.max(*least);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn documents_change_by_their_present_revision_alone(ops in doc_ops()) {
        run(async |store| {
            let mut docs: BTreeMap<u8, (Revision, u8)> = BTreeMap::new();
            let mut history: BTreeMap<u8, Vec<Revision>> = BTreeMap::new();
            let nth = |history: &BTreeMap<u8, Vec<Revision>>, key: u8, age: usize| history.get(&key).and_then(|all| all.iter().rev().nth(age).copied());
            for op in ops {
                match op {
                    DocOp::Create { key, byte } => {
                        let result = store.put("k", &key.to_string(), None, vec![byte].into()).await;
                        if docs.contains_key(&key) { refused(result); continue; }
                        docs.insert(key, (result.unwrap(), byte));
                        history.entry(key).or_default().push(docs[&key].0);
                    }
                    DocOp::Put { key, age, byte } => {
                        let Some(revision) = nth(&history, key, age) else { continue };
                        let result = store.put("k", &key.to_string(), Some(revision), vec![byte].into()).await;
                        if docs.get(&key).is_none_or(|doc| doc.0 != revision) { refused(result); continue; }
                        docs.insert(key, (result.unwrap(), byte));
                        history.entry(key).or_default().push(docs[&key].0);
                    }
                    DocOp::Remove { key, age } => {
                        let Some(revision) = nth(&history, key, age) else { continue };
                        let result = store.remove("k", &key.to_string(), revision).await;
                        if docs.get(&key).is_none_or(|doc| doc.0 != revision) { refused(result); continue; }
                        result.unwrap();
                        docs.remove(&key);
                    }
                }
                let found = store.list("k", "", None, 100).await.unwrap();
                let found: Vec<_> = found.into_iter().map(|(key, doc)| (key, doc.revision, doc.bytes)).collect();
                let expected: Vec<_> = docs.iter().map(|(key, (revision, byte))| (key.to_string(), *revision, Bytes::from(vec![*byte]))).collect();
                assert_eq!(found, expected);
            }
        });
    }

    #[test]
    fn a_lock_never_has_two_owners(ops in lock_ops()) {
        run(async |store| {
            let (mut now, mut holder, mut fence) = (0, None::<(u8, u64)>, 0);
            for op in ops {
                match op {
                    LockOp::Lock { owner, ttl } => {
                        let lock = store.lock("a", &owner.to_string(), ms(ttl)).await.unwrap();
                        assert_eq!(lock.is_some(), holder.is_none_or(|(_, until)| until <= now), "{holder:?} at {now}");
                        if let Some(lock) = lock {
                            assert!(lock.fence > fence);
                            (holder, fence) = (Some((owner, now + ttl)), lock.fence);
                        }
                    }
                    LockOp::Renew { owner, ttl } => {
                        let renewed = store.renew("a", &owner.to_string(), ms(ttl)).await;
                        // One that has run out may be renewed as long as nobody has taken it.
                        if holder.is_some_and(|(who, _)| who == owner) {
                            assert_eq!(renewed.unwrap().fence, fence);
                            holder = Some((owner, now + ttl));
                        } else {
                            refused(renewed);
                        }
                    }
                    LockOp::Unlock { owner } => {
                        let had = store.unlock("a", &owner.to_string()).await.unwrap();
                        assert_eq!(had, holder.is_some_and(|(who, _)| who == owner));
                        if had { holder = None; }
                    }
                    LockOp::Wait(n) => {
                        tokio::time::advance(ms(n)).await;
                        now += n;
                    }
                }
            }
        });
    }

    #[test]
    fn a_task_has_one_holder_and_loses_no_wake(ops in task_ops()) {
        run(async |store| {
            let (mut now, mut task, mut leases) = (0, None::<Task>, VecDeque::<Lease>::new());
            for op in ops {
                let good = |age: usize, task: &Option<Task>| age == 0 && task.as_ref().is_some_and(|task| task.held);
                match op {
                    TaskOp::Schedule { after } => {
                        store.schedule("t", ms(after), Bytes::new()).await.unwrap();
                        let task = task.get_or_insert_default();
                        if task.held { task.again = Some(now + after) } else { task.ready = now + after }
                    }
                    TaskOp::Wake => {
                        assert_eq!(store.wake("t").await.unwrap(), task.is_some());
                        match &mut task {
                            Some(task) if task.held => task.again = Some(task.again.map_or(now, |again| again.min(now))),
                            Some(task) => task.ready = task.ready.min(now),
                            None => {}
                        }
                    }
                    TaskOp::Cancel => assert_eq!(store.cancel("t").await.unwrap(), task.take().is_some()),
                    TaskOp::Claim { ttl } => {
                        let lease = store.claim("", "me", ms(ttl), 9).await.unwrap().pop();
                        assert_eq!(lease.is_some(), task.as_ref().is_some_and(|task| task.ready <= now));
                        if let (Some(lease), Some(task)) = (lease, &mut task) {
                            *task = Task { ready: now + ttl, held: true, again: None, attempt: task.attempt + 1 };
                            assert_eq!(lease.attempt, task.attempt);
                            assert!(leases.front().is_none_or(|before| before.epoch < lease.epoch));
                            leases.push_front(lease);
                        }
                    }
                    TaskOp::Heartbeat { age } => {
                        let Some(lease) = leases.get(age) else { continue };
                        let result = store.heartbeat(lease).await;
                        if !good(age, &task) { refused(result); continue; }
                        result.unwrap();
                        task.as_mut().unwrap().ready = now + lease.ttl.as_millis() as u64;
                    }
                    TaskOp::Complete { age, next } => {
                        let Some(lease) = leases.get(age) else { continue };
                        let result = store.complete(lease, next.map(ms)).await;
                        if !good(age, &task) { refused(result); continue; }
                        result.unwrap();
                        let again = task.as_ref().unwrap().again;
                        let ready = [again, next.map(|next| now + next)].into_iter().flatten().min();
                        task = ready.map(|ready| Task { ready, ..Task::default() });
                    }
                    TaskOp::Release { age, retry } => {
                        let Some(lease) = leases.get(age) else { continue };
                        let result = store.release(lease, ms(retry)).await;
                        if !good(age, &task) { refused(result); continue; }
                        result.unwrap();
                        let attempt = task.as_ref().unwrap().attempt;
                        task = Some(Task { ready: now + retry, attempt, ..Task::default() });
                    }
                    TaskOp::Wait(n) => {
                        tokio::time::advance(ms(n)).await;
                        now += n;
                    }
                }
                let wait = store.next_due("").await.unwrap();
                assert_eq!(wait, task.as_ref().map(|task| ms(task.ready.saturating_sub(now))));
            }
        });
    }

    #[test]
    fn no_event_is_lost_and_none_committed_twice(ops in log_ops()) {
        run(async |store| {
            let mut source = Source::default();
            for op in ops {
                match op {
                    LogOp::Commit { ids, stale } => {
                        let entries: Vec<NewEvent> = ids.iter().map(|id| NewEvent::new(format!("id {id}"), vec![*id])).collect();
                        let expected = if stale { source.old.last().copied() } else { source.cursor };
                        let result = store.commit("s", expected, &entries, vec![ids.len() as u8].into()).await;
                        if expected != source.cursor { refused(result); continue; }
                        let committed = result.unwrap();
                        let new: Vec<u8> = ids.iter().copied().filter(|id| source.seen.insert(*id)).collect();
                        assert_eq!((committed.added, committed.duplicates), (new.len(), ids.len() - new.len()));
                        source.events.extend(new);
                        source.old.extend(source.cursor.replace(committed.revision));
                        let cursor = store.cursor("s").await.unwrap();
                        assert_eq!(cursor, Some((committed.revision, vec![ids.len() as u8].into())));
                    }
                    LogOp::Read { consumer, limit } => {
                        let found = store.read("s", &consumer.to_string(), limit).await.unwrap();
                        source.done.entry(consumer).or_default();
                        let unread = source.unread(consumer);
                        let found: Vec<u8> = found.iter().map(|event| event.bytes[0]).collect();
                        assert_eq!(found, unread[..limit.min(unread.len())]);
                    }
                    LogOp::Ack { consumer, count } => {
                        let found = store.read("s", &consumer.to_string(), count).await.unwrap();
                        let done = source.events.len() - source.unread(consumer).len() + found.len();
                        source.done.entry(consumer).or_default();
                        let Some(last) = found.last() else { continue };
                        store.ack("s", &consumer.to_string(), last.sequence).await.unwrap();
                        source.done.insert(consumer, done);
                        source.drop_done();
                    }
                    LogOp::Leave { consumer } => {
                        assert_eq!(store.leave("s", &consumer.to_string()).await.unwrap(), source.done.remove(&consumer).is_some());
                        source.drop_done();
                    }
                    LogOp::Forget => {
                        store.forget("s").await.unwrap();
                        let old = source.old.iter().copied().chain(source.cursor).collect();
                        source = Source { old, ..Source::default() };
                    }
                }
            }
        });
    }

    #[test]
    fn no_window_holds_more_than_the_limit(takes in prop::collection::vec((0u32..5, 0u64..700), 1..60), limit in 4u32..12, window in 1u64..3000) {
        run(async |store| {
            let (mut now, mut taken) = (0, Vec::<(u64, u32)>::new());
            for (n, pause) in takes {
                let mut wait = match store.take("b", n, limit, ms(window)).await.unwrap() {
                    Take::Granted => None,
                    Take::Wait(wait) => Some(wait),
                };
                if let Some(long) = wait.take() {
                    assert!(long > Duration::ZERO && long <= ms(window + window / 32 + 1), "{long:?} of {window}");
                    tokio::time::advance(long).await;
                    now += long.as_millis() as u64;
                    assert_eq!(store.take("b", n, limit, ms(window)).await.unwrap(), Take::Granted, "it waited as it was told");
                }
                taken.push((now, n));
                let recent: u32 = taken.iter().filter(|(at, _)| at + window > now).map(|(_, n)| n).sum();
                assert!(recent <= limit, "{recent} within {window} ms");
                tokio::time::advance(ms(pause)).await;
                now += pause;
            }
        });
    }
}
