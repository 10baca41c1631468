//! Destinations: what is sent, with which signatures, and what nobody learns by them.

use std::time::Duration;

use connector_runtime::store::{AuditFilter, AuditKind, AuditLog as _};
use connector_runtime::{
    AddressRules, AttemptError, Code, DestinationChange, DestinationState, Grant, Interface, NewDestination, Patterns,
    Selection,
};
use standardwebhooks::Webhook;

use crate::receiver::{Answer, Receiver};
use crate::world::{World, distinct};

fn verifies(secret: &connector_runtime::Secret, received: &crate::receiver::Received) -> bool {
    Webhook::new(secret.expose()).unwrap().verify(&received.body, &received.headers).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_library_verifies_what_arrives_and_a_rotation_loses_nothing() {
    let world = World::new().await;
    let receiver = Receiver::start(|_| Answer::status(204)).await;
    let made = world.destination(&receiver, |new| new).await;
    world.commit(3).await;
    world.work().await;
    assert_eq!(distinct(receiver.taken()), [0, 1, 2]);
    assert_eq!(world.waiting(&made).await, 0);
    let first = receiver.all().remove(0);
    assert!(verifies(&made.secret, &first));
    let body = first.json();
    assert_eq!(
        (&body["type"], &body["watch"]["name"], &body["connection"]["name"]),
        (&"outlook.new_email".into(), &"Inbox".into(), &"work".into())
    );
    assert_eq!(first.headers["content-type"], "application/json");
    assert!(first.headers["traceparent"].to_str().unwrap().starts_with("00-"));
    assert!(!first.headers.contains_key("tenon-replay"));
    let rotated = world.owner().destinations().rotate("Hook").await.unwrap();
    assert_ne!(rotated.secret, made.secret);
    world.commit(1).await;
    world.work().await;
    let last = receiver.all().pop().unwrap();
    assert!(verifies(&rotated.secret, &last) && verifies(&made.secret, &last));
    // What was delivered is told by the audit log.
    world.host.shutdown().await;
    let filter = AuditFilter { kind: Some(AuditKind::EventDelivered), ..AuditFilter::default() };
    let entries = world.store.entries(&filter, None, 100).await.unwrap();
    assert_eq!(entries.len(), 4);
    assert!(entries.iter().all(|entry| entry.entry.target.as_deref() == Some(made.info.destination.id.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_sends_the_same_messages_again_and_says_so() {
    let world = World::new().await;
    let receiver = Receiver::start(|_| Answer::status(200)).await;
    world.destination(&receiver, |new| new).await;
    world.commit(5).await;
    world.work().await;
    let first = receiver.all();
    let ids = vec!["e.1".to_owned(), first.iter().find(|one| one.number() == 3).unwrap().id()];
    world.owner().deliveries().replay("Hook", "Inbox", Selection::Ids(ids)).await.unwrap();
    world.work().await;
    let again: Vec<_> = receiver.all().split_off(first.len());
    assert_eq!(distinct(again.iter().map(super::receiver::Received::number).collect()), [1, 3]);
    for one in &again {
        assert_eq!(one.headers["tenon-replay"], "1");
        let before = first.iter().find(|before| before.number() == one.number()).unwrap();
        assert_eq!((before.id(), &before.body), (one.id(), &one.body));
    }
    let since = Selection::Since(jiff::Timestamp::UNIX_EPOCH);
    world.owner().deliveries().replay("Hook", "Inbox", since).await.unwrap();
    world.work().await;
    assert_eq!(receiver.all().len(), first.len() + again.len() + 5);
    assert!(world.owner().deliveries().replays().await.unwrap().is_empty());
    let nothing = world.owner().deliveries().replay("Hook", "Inbox", Selection::Ids(Vec::new())).await.unwrap_err();
    assert_eq!(nothing.code(), Code::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_answer_is_kept_or_told() {
    const CANARY: &str = "canary-4711-internal";
    let world = World::new().await;
    let receiver = Receiver::start(|_| Answer {
        status: 500,
        headers: vec![("x-internal", CANARY.into()), ("location", format!("http://127.0.0.1/{CANARY}"))],
        body: CANARY.repeat(100),
        ..Answer::default()
    })
    .await;
    let made = world.destination(&receiver, |new| new).await;
    let id = made.info.destination.id.as_str();
    let tested = world.owner().destinations().test("Hook").await.unwrap();
    assert_eq!((tested.status, tested.error), (Some(500), Some(AttemptError::Status)));
    world.commit(2).await;
    world.work().await;
    let failed = world.owner().deliveries().failed(id, None, 100).await.unwrap();
    assert_eq!(failed.len(), 2);
    world.host.shutdown().await;
    let audit = world.store.entries(&AuditFilter::default(), None, 1000).await.unwrap();
    for told in [
        format!("{tested:?}"),
        serde_json::to_string(&failed).unwrap(),
        serde_json::to_string(&world.owner().destinations().show("Hook").await.unwrap()).unwrap(),
        serde_json::to_string(&audit).unwrap(),
    ] {
        assert!(!told.contains(CANARY), "{told}");
        assert!(!told.contains(made.secret.expose()), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_within_are_refused_when_they_are_made_and_when_they_are_reached() {
    let world = World::with(AddressRules::default().allow_http()).await;
    let receiver = Receiver::start(|_| Answer::status(204)).await;
    let new = NewDestination::new("Hook", receiver.url().parse().unwrap());
    let error = world.owner().destinations().add(new).await.unwrap_err();
    assert_eq!((error.code(), &*error.violations()[0].pointer), (Code::InvalidInput, "/url"));
    // A name is judged when it is resolved.
    let named = format!("http://localhost:{}/", receiver.address.port());
    let new = NewDestination::new("Hook", named.parse().unwrap());
    world.owner().destinations().add(new).await.unwrap();
    let tested = world.owner().destinations().test("Hook").await.unwrap();
    assert_eq!((tested.status, tested.error), (None, Some(AttemptError::Address)));
    assert!(receiver.all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_waits_while_it_is_paused_and_is_paused_when_it_is_gone() {
    let world = World::new().await;
    let receiver = Receiver::start(|one| Answer::status(if one.number() == 2 { 410 } else { 204 })).await;
    let made = world.destination(&receiver, |new| new).await;
    world.owner().destinations().pause("Hook", "maintenance").await.unwrap();
    world.commit(2).await;
    world.work().await;
    assert!(receiver.all().is_empty());
    assert_eq!(world.waiting(&made).await, 2);
    world.owner().destinations().resume("Hook").await.unwrap();
    world.work().await;
    assert_eq!(distinct(receiver.taken()), [0, 1]);
    world.commit(1).await;
    world.work().await;
    let info = world.owner().destinations().show("Hook").await.unwrap();
    assert_eq!(info.state, DestinationState::Paused);
    assert_eq!(info.destination.paused.unwrap().reason, "the receiver answered 410 Gone");
    assert_eq!(world.waiting(&made).await, 1, "the event waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_do_with_destinations_what_their_grants_say() {
    let world = World::new().await;
    let receiver = Receiver::start(|_| Answer::status(204)).await;
    let made = world.destination(&receiver, |new| new).await;
    let id = made.info.destination.id.as_str();
    let seen = async |grant: Grant| {
        let key = world.owner().api_keys().add("Key", grant).await.unwrap();
        world.host.authorize(world.host.authenticate(&key.key).await.unwrap(), Interface::Http)
    };
    let none = seen(Grant { destinations: connector_runtime::Access::None, ..Grant::everything() }).await;
    assert_eq!(none.destinations().list().await.unwrap_err().reason(), Some("right"));
    assert_eq!(none.destinations().show(id).await.unwrap_err().reason(), Some("right"));
    let reads = seen(Grant { destinations: connector_runtime::Access::Read, ..Grant::everything() }).await;
    assert_eq!(reads.destinations().list().await.unwrap().len(), 1);
    assert_eq!(reads.destinations().pause(id, "").await.unwrap_err().reason(), Some("right"));
    // Whoever does not reach the watch must not turn its events to another address, nor learn the new secret.
    let other = seen(Grant { connections: Patterns::default(), ..Grant::everything() }).await;
    let change = || DestinationChange::default();
    for error in [
        other.destinations().change(id, change(), None).await.map(|_| ()).unwrap_err(),
        other.destinations().rotate(id).await.map(|_| ()).unwrap_err(),
        other.destinations().test(id).await.map(|_| ()).unwrap_err(),
        other.destinations().remove(id, None).await.unwrap_err(),
    ] {
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("watch")));
    }
    let select = || Selection::Since(jiff::Timestamp::UNIX_EPOCH);
    let hidden = other.deliveries().replay(id, "Inbox", select()).await.unwrap_err();
    let absent = other.deliveries().replay(id, "Nobody", select()).await.unwrap_err();
    assert_eq!(hidden.message().replace("Inbox", "Nobody"), absent.message());
    // A change names the revision that it is about.
    let owner = world.owner();
    let former = owner.destinations().show(id).await.unwrap().revision;
    owner.destinations().change(id, change(), Some(former)).await.unwrap();
    let late = owner.destinations().change(id, change(), Some(former)).await.unwrap_err();
    assert_eq!((late.code(), late.reason()), (Code::Conflict, Some("changed")));
    assert_eq!(owner.destinations().remove(id, None).await.unwrap_err().reason(), Some("in_use"));
    owner.destinations().detach(id, "Inbox").await.unwrap();
    owner.destinations().remove(id, None).await.unwrap();
    assert_eq!(owner.destinations().show(id).await.unwrap_err().code(), Code::NotFound);
    world.commit(1).await;
    world.work_until(tokio::time::sleep(Duration::from_millis(50))).await;
    assert!(receiver.all().is_empty());
}
