//! Several clients that keep one mailbox's limit together, as processes over one store do.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::{Code, Error, Order, Plan, Request, Result};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use graph_client::{Client, SharedLimits, SlotLease};
use tokio::time::Instant;

use crate::stage::{Reply, Stage, session};

const SECOND: Duration = Duration::from_secs(1);
const LEASE: Duration = Duration::from_secs(2);
const LATENCY: Duration = Duration::from_millis(50);

/// What a store keeps, as plainly as possible: nobody has more than an equal part while somebody has less than wanted,
/// and what becomes free is for whoever has waited longest with nothing.
#[derive(Default)]
struct Table {
    leases: Mutex<BTreeMap<(String, usize), Held>>,
    pauses: Mutex<BTreeMap<String, Instant>>,
    asked: AtomicUsize,
    is_broken: AtomicBool,
}

struct Held {
    wanted: u32,
    granted: u32,
    until: Instant,
    /// Its place in the queue of those who have nothing.
    place: Option<usize>,
}

struct Holder(Arc<Table>, usize);

impl Table {
    fn holder(self: &Arc<Table>, number: usize) -> Arc<dyn SharedLimits> {
        Arc::new(Holder(self.clone(), number))
    }

    fn client(self: &Arc<Table>, stage: &Arc<Stage>, number: usize) -> Client {
        Client::builder(stage.clone()).shared_limits(self.holder(number)).build()
    }
}

#[async_trait]
impl SharedLimits for Holder {
    async fn lease(&self, scope: &str, want: u32, limit: u32) -> Result<SlotLease> {
        let Holder(table, number) = self;
        let turn = table.asked.fetch_add(1, Ordering::Relaxed);
        if table.is_broken.load(Ordering::Relaxed) {
            return Err(Error::new(Code::Unavailable, "the store is full"));
        }
        let now = Instant::now();
        let mut all = table.leases.lock().unwrap();
        all.retain(|_, held| held.until > now);
        let own = (scope.to_owned(), *number);
        let before = all.remove(&own);
        let had = before.as_ref().map_or(0, |held| held.granted);
        let place = before.and_then(|held| held.place).unwrap_or(turn);
        let others: Vec<&Held> = all.iter().filter(|((of, _), _)| of == scope).map(|(_, held)| held).collect();
        let fair = (limit / u32::try_from(others.len() + 1).unwrap()).max(1);
        let free = limit - others.iter().map(|held| held.granted).sum::<u32>();
        let hungry = |held: &&Held| held.granted < held.wanted.min(fair);
        let most = if others.iter().any(hungry) { fair } else { limit };
        let earlier = others.iter().filter(|held| held.place.is_some_and(|their| their < place)).count();
        let left = free.saturating_sub(u32::try_from(earlier).unwrap());
        let granted = want.min(left.min(most).max(had.min(free)));
        let missing: u32 = others.iter().map(|held| held.wanted.min(fair).saturating_sub(held.granted)).sum();
        let contended =
            missing > free - granted && (granted > fair || granted == 1 && others.iter().all(|held| held.granted < 2));
        let place = (granted == 0).then_some(place);
        all.insert(own, Held { wanted: want, granted, until: now + LEASE, place });
        let paused = table.pauses.lock().unwrap().get(scope).map(|until| until.saturating_duration_since(now));
        Ok(SlotLease { slots: granted, contended, paused: paused.filter(|time| !time.is_zero()), time: LEASE })
    }

    async fn release(&self, scope: &str) -> Result<()> {
        self.0.leases.lock().unwrap().remove(&(scope.to_owned(), self.1));
        Ok(())
    }

    async fn pause(&self, scope: &str, time: Duration) -> Result<()> {
        self.0.pauses.lock().unwrap().insert(scope.to_owned(), Instant::now() + time);
        Ok(())
    }
}

/// A mailbox that counts how many requests it has at once.
fn mailbox() -> (Arc<Stage>, Arc<AtomicUsize>) {
    let most = Arc::new(AtomicUsize::new(0));
    let (in_flight, max) = (Mutex::new(Vec::<Instant>::new()), most.clone());
    let stage = Stage::new(move |seen| {
        let mut ends = in_flight.lock().unwrap();
        ends.retain(|end| *end > seen.at);
        ends.push(seen.at + LATENCY);
        max.fetch_max(ends.len(), Ordering::Relaxed);
        Reply::ok().after(LATENCY)
    });
    (stage, most)
}

async fn send(client: &Client, count: usize, at_once: usize) -> usize {
    let session = session();
    let sends = stream::iter((0..count).map(|_| {
        let session = &session;
        async move { client.send(&Request::get("/me/messages"), session).await }
    }));
    sends.buffer_unordered(at_once).filter(|outcome| std::future::ready(outcome.is_ok())).count().await
}

#[tokio::test(start_paused = true)]
async fn one_mailbox_has_four_places_for_all_processes() {
    let (stage, most) = mailbox();
    let table = Arc::new(Table::default());
    let clients: Vec<Client> = (0..6).map(|number| table.client(&stage, number)).collect();
    let began = Instant::now();
    let sent = join_all(clients.iter().map(|client| async {
        let sent = send(client, 200, 32).await;
        (sent, began.elapsed())
    }))
    .await;
    assert!(sent.iter().all(|(sent, _)| *sent == 200), "{sent:?}");
    assert_eq!(most.load(Ordering::Relaxed), 4);
    // 1,200 requests of 50 ms by four at once take 15 seconds at least; while shares change hands some places are empty.
    assert!(began.elapsed() < 30 * SECOND, "{:?}", began.elapsed());
    // Nothing is kept by those who need nothing.
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(table.leases.lock().unwrap().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_alone_has_all_places_and_asks_once_a_second() {
    let (stage, most) = mailbox();
    let table = Arc::new(Table::default());
    let client = table.client(&stage, 0);
    let began = Instant::now();
    assert_eq!(send(&client, 800, 32).await, 800);
    assert_eq!(most.load(Ordering::Relaxed), 4);
    assert!(began.elapsed() < 11 * SECOND, "{:?}", began.elapsed());
    // The mailbox, and the app: once each a second, and a few times more while the load grows.
    let asked = table.asked.load(Ordering::Relaxed);
    assert!(asked <= 26, "{asked}");
}

#[tokio::test(start_paused = true)]
async fn one_request_leaves_the_other_places_to_others() {
    let (stage, _) = mailbox();
    let table = Arc::new(Table::default());
    let (one, many) = (table.client(&stage, 0), table.client(&stage, 1));
    send(&one, 1, 1).await;
    let began = Instant::now();
    assert_eq!(send(&many, 3, 3).await, 3);
    assert!(began.elapsed() < 2 * LATENCY, "{:?}", began.elapsed());
    // What is given back before the process ends is there at once.
    one.end_leases().await;
    many.end_leases().await;
    assert_eq!(table.leases.lock().unwrap().len(), 0);
    let began = Instant::now();
    assert_eq!(send(&table.client(&stage, 2), 8, 8).await, 8);
    assert!(began.elapsed() < 5 * LATENCY, "{:?}", began.elapsed());
    // A client goes on after it has given back.
    assert_eq!(send(&one, 1, 1).await, 1);
}

#[tokio::test(start_paused = true)]
async fn the_share_of_a_process_that_was_killed_is_free_when_its_lease_ends() {
    let (stage, _) = mailbox();
    let table = Arc::new(Table::default());
    send(&table.client(&stage, 0), 1, 1).await;
    let scope = table.leases.lock().unwrap().keys().next().unwrap().0.clone();
    let killed = table.holder(1);
    table.leases.lock().unwrap().clear();
    assert_eq!(killed.lease(&scope, 4, 4).await.unwrap().slots, 4);
    let began = Instant::now();
    assert_eq!(send(&table.client(&stage, 2), 4, 4).await, 4);
    let waited = began.elapsed();
    assert!(waited >= LEASE && waited < LEASE + SECOND, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_all_processes() {
    let stage = Stage::new(|seen| match seen.number {
        5 => Reply::new(429, "").header("retry-after", 10),
        _ => Reply::ok().after(LATENCY),
    });
    let table = Arc::new(Table::default());
    let (refused, other, later) = (table.client(&stage, 0), table.client(&stage, 1), table.client(&stage, 2));
    // The other one has its lease already.
    assert_eq!(send(&other, 5, 1).await, 5);
    let session = session();
    let (get, post) = (Request::get("/me/messages"), Request::post("/me/sendMail"));
    let began = Instant::now();
    let ((), ()) = tokio::join!(async { drop(refused.send(&get, &session).await) }, async {
        tokio::time::sleep(SECOND + LATENCY).await;
        tokio::join!(async { drop(other.send(&post, &session).await) }, async {
            drop(later.send(&post, &session).await);
        });
    });
    let early = stage.seen().iter().skip(6).filter(|seen| seen.at < began + 10 * SECOND).count();
    assert_eq!((stage.count(), early), (9, 0));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_holds_nobody_back() {
    let (stage, most) = mailbox();
    let table = Arc::new(Table::default());
    table.is_broken.store(true, Ordering::Relaxed);
    let began = Instant::now();
    assert_eq!(send(&table.client(&stage, 0), 80, 16).await, 80);
    assert_eq!(most.load(Ordering::Relaxed), 4, "its own count holds");
    assert!(began.elapsed() < 2 * SECOND, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn batches_go_where_others_have_their_part() {
    let stage = Stage::new(|seen| {
        let body = (1..=20).map(|n| serde_json::json!({ "id": format!("r{n}"), "status": 200 })).collect::<Vec<_>>();
        match seen.path() {
            "/$batch" => Reply::new(200, serde_json::json!({ "responses": body }).to_string()).after(LATENCY),
            _ => Reply::ok().after(LATENCY),
        }
    });
    let table = Arc::new(Table::default());
    let (batches, single) = (table.client(&stage, 0), table.client(&stage, 1));
    let session = session();
    let plan = || {
        let requests = (0..40).map(|_| Request::get("/me/messages")).collect();
        Plan::finish_all(requests, Order::Any, |answers| Ok(answers.len()))
    };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let all = async {
        batches.run(plan(), &session, &mut first).await.unwrap();
        batches.run(plan(), &session, &mut second).await.unwrap();
    };
    let (sent, ()) =
        tokio::time::timeout(60 * SECOND, async { tokio::join!(send(&single, 200, 8), all) }).await.unwrap();
    assert_eq!(sent, 200);
}
