//! Receivers that fail: events that fail alone, endpoints that fail, order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use connector_runtime::store::EventLog as _;
use connector_runtime::{DeliveryState, DestinationState, NewDestination, Patterns};
use tokio::net::TcpListener;

use crate::receiver::{Answer, Receiver};
use crate::world::{World, distinct};

#[tokio::test(flavor = "multi_thread")]
async fn events_that_fail_alone_are_tried_again_and_nothing_is_lost() {
    const EVENTS: u64 = 1000;
    let world = World::new().await;
    let tries = std::sync::Mutex::new(BTreeMap::<u64, u32>::new());
    // One in ten fails, with different statuses, at the first two attempts.
    let receiver = Receiver::start(move |one| {
        let mut tries = tries.lock().unwrap();
        let tried = tries.entry(one.number()).or_default();
        *tried += 1;
        let statuses = [500, 503, 400, 404, 422, 429, 401, 302, 418, 507];
        let place = usize::try_from(one.number() / 10 % 10).unwrap();
        Answer::status(if one.number() % 10 == 3 && *tried <= 2 { statuses[place] } else { 204 })
    })
    .await;
    let made = world.destination(&receiver, |new| new).await;
    let id = made.info.destination.id.as_str();
    world.commit(EVENTS).await;
    world.work().await;
    assert_eq!(world.waiting(&made).await, 0);
    let mut failed = Vec::new();
    loop {
        let page = world.owner().deliveries().failed(id, failed.last(), 37).await.unwrap();
        let is_last = page.len() < 37;
        assert!(page.iter().all(|one| one.state == DeliveryState::Retrying && one.attempts.len() == 1));
        failed.extend(page.into_iter().map(|one| one.id));
        if is_last {
            break;
        }
    }
    assert_eq!(failed.len(), 100, "an entry for each event that failed, and for no other");
    // The second attempt is due after 5 s, the third after 5 min, each up to a fifth earlier or later.
    world.pass(Duration::from_secs(3)).await;
    world.work().await;
    assert_eq!(receiver.all().len(), 1000);
    world.pass(Duration::from_secs(4)).await;
    world.work().await;
    assert_eq!(receiver.all().len(), 1100);
    world.pass(Duration::from_secs(230)).await;
    world.work().await;
    assert_eq!(receiver.all().len(), 1100);
    world.pass(Duration::from_secs(140)).await;
    world.work().await;
    assert_eq!(receiver.all().len(), 1200);
    assert_eq!(receiver.taken().len(), 1000, "each once");
    assert_eq!(distinct(receiver.taken()), (0..EVENTS).collect::<Vec<_>>());
    assert!(world.owner().deliveries().failed(id, None, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_is_tried_from_time_to_time_and_its_events_wait() {
    let world = World::new().await;
    let works = Arc::new(AtomicBool::new(false));
    let plan = works.clone();
    let receiver = Receiver::start(move |_| Answer::status(if plan.load(Ordering::SeqCst) { 204 } else { 500 })).await;
    let made = world.destination(&receiver, |new| new).await;
    let id = made.info.destination.id.as_str();
    world.commit(200).await;
    world.work().await;
    let state = || async { world.owner().destinations().show(id).await.unwrap().state };
    assert!(matches!(state().await, DestinationState::BackingOff { failures: 1, .. }), "{:?}", state().await);
    let before = receiver.all().len();
    assert!((5..=12).contains(&before), "{before}: those on their way are awaited");
    // An hour: after about 5 s, 5 min and 30 min.
    for _ in 0..60 {
        world.pass(Duration::from_secs(60)).await;
        world.work().await;
    }
    let probes = receiver.all().len() - before;
    assert_eq!(probes, 3, "one event each time");
    assert!(world.owner().deliveries().failed(id, None, 10).await.unwrap().is_empty(), "nothing is written per event");
    assert_eq!(world.waiting(&made).await, 200);
    works.store(true, Ordering::SeqCst);
    world.pass(Duration::from_secs(3 * 3600)).await;
    world.work().await;
    world.pass(Duration::ZERO).await;
    world.work().await;
    assert_eq!(state().await, DestinationState::Active);
    assert_eq!(world.waiting(&made).await, 0);
    assert_eq!(distinct(receiver.taken()), (0..200).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_connection_is_enough_and_the_host_tells_those_who_ask() {
    let world = World::new().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let told = Receiver::start(|_| Answer::status(204)).await;
    let operations = NewDestination::new("Operations", told.url().parse().unwrap())
        .events(Patterns::new(["tenon.destination.*", "tenon.delivery.*"]).unwrap());
    world.owner().destinations().add(operations).await.unwrap();
    let new = NewDestination::new("Hook", format!("http://{free}/").parse().unwrap());
    let made = world.owner().destinations().add(new).await.unwrap();
    let start = connector_runtime::store::Start::Now;
    world.owner().destinations().attach("Hook", "Inbox", start).await.unwrap();
    world.commit(3).await;
    world.work().await;
    let state = world.owner().destinations().show("Hook").await.unwrap().state;
    let error = connector_runtime::AttemptError::Refused;
    assert!(matches!(state, DestinationState::BackingOff { failures: 1, error: found, .. } if found == error));
    assert_eq!(world.waiting(&made).await, 3);
    let told: Vec<_> = told.all().iter().map(|one| one.json()["type"].clone()).collect();
    assert_eq!(told, ["tenon.destination.backing_off"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_fails_holds_up_the_others_where_order_counts() {
    let world = World::new().await;
    let takes = Arc::new(AtomicBool::new(false));
    let plan = takes.clone();
    let receiver = Receiver::start(move |one| {
        Answer::status(if one.number() == 2 && !plan.load(Ordering::SeqCst) { 422 } else { 204 })
    })
    .await;
    let made = world.destination(&receiver, NewDestination::ordered).await;
    let id = made.info.destination.id.as_str();
    world.commit(6).await;
    world.work().await;
    assert_eq!(receiver.taken(), [0, 1]);
    let failed = world.owner().deliveries().failed(id, None, 10).await.unwrap();
    assert!(failed.len() == 1 && failed[0].holds && failed[0].event == "e.2", "{failed:?}");
    world.pass(Duration::from_secs(7)).await;
    world.work().await;
    assert_eq!(receiver.taken(), [0, 1]);
    takes.store(true, Ordering::SeqCst);
    world.pass(Duration::from_secs(361)).await;
    world.work().await;
    assert_eq!(receiver.taken(), [0, 1, 2, 3, 4, 5]);
    assert!(world.owner().deliveries().failed(id, None, 10).await.unwrap().is_empty());
    // Who gives it up lets the others go on.
    takes.store(false, Ordering::SeqCst);
    world
        .store
        .append(&world.source(), &[connector_runtime::store::NewEvent::new("again", r#"{"n":2}"#)])
        .await
        .unwrap();
    world.commit(2).await;
    world.work().await;
    let failed = world.owner().deliveries().failed(id, None, 10).await.unwrap();
    world.owner().deliveries().discard(failed[0].id.as_str()).await.unwrap();
    world.work().await;
    assert_eq!(receiver.taken(), [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_last_attempt_a_delivery_is_exhausted_until_somebody_asks_for_more() {
    let world = World::new().await;
    let takes = Arc::new(AtomicBool::new(false));
    let plan = takes.clone();
    let receiver = Receiver::start(move |one| {
        Answer::status(if one.number() == 0 && !plan.load(Ordering::SeqCst) { 400 } else { 204 })
    })
    .await;
    let made = world.destination(&receiver, |new| new).await;
    let id = made.info.destination.id.as_str();
    world.commit(2).await;
    world.work().await;
    for _ in 0..9 {
        world.pass(Duration::from_secs(29 * 3600)).await;
        world.work().await;
    }
    let failed = world.owner().deliveries().failed(id, None, 10).await.unwrap().remove(0);
    assert_eq!((failed.state, failed.attempts.len(), failed.next), (DeliveryState::Exhausted, 10, None));
    world.pass(Duration::from_secs(100 * 3600)).await;
    world.work().await;
    assert_eq!(receiver.all().len(), 11);
    takes.store(true, Ordering::SeqCst);
    world.owner().deliveries().retry(failed.id.as_str()).await.unwrap();
    world.work().await;
    assert_eq!(distinct(receiver.taken()), [0, 1]);
    assert!(world.owner().deliveries().failed(id, None, 10).await.unwrap().is_empty());
}
