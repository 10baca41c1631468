//! Watches: triggers that the host polls by itself.

use std::time::Duration;

use connector_runtime::{
    Access, AuthorizedHost, Code, Grant, NewWatch, Patterns, WatchChange, WatchState, WorkerOptions,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::world::World;

const USER: &str = "adelev@contoso.example";

fn inbox(name: &str) -> NewWatch {
    NewWatch::new(name, "outlook.new_email", "one", json!({})).interval(Duration::from_secs(1))
}

fn working(world: &World) -> (JoinHandle<()>, tokio::sync::oneshot::Sender<()>) {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let host = world.host.clone();
    let task = tokio::spawn(async move {
        host.work(WorkerOptions::default(), async { drop(stopped.await) }).await.unwrap();
    });
    (task, stop)
}

// The subjects of the events after a position.
async fn subjects(host: &AuthorizedHost, watch: &str, after: u64, wait: u64) -> Vec<String> {
    let found = host.watches().events(watch, after, 100, Duration::from_secs(wait)).await.unwrap();
    let subject = |event: &connector_runtime::WatchEvent| {
        let data: serde_json::Value = event.data.as_ref().unwrap().read().unwrap();
        data["subject"].as_str().unwrap_or_default().to_owned()
    };
    found.iter().map(subject).collect()
}

async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    for _ in 0..1500 {
        if look().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never happened: {what}");
}

async fn polled(host: &AuthorizedHost, watch: &str) {
    until("a poll", async || host.watches().show(watch).await.unwrap().polled.is_some()).await;
}

#[tokio::test]
async fn its_events_are_there_for_whoever_fetches_them() {
    let world = World::with(&["one"]);
    let host = world.owner();
    let made = host.watches().add(inbox("inbox")).await.unwrap();
    assert_eq!((&*made.watch.name, &made.state, made.polled), ("inbox", &WatchState::Active, None));
    let (task, stop) = working(&world);
    polled(&host, "inbox").await;
    world.sandbox.graph().deliver(USER, "inbox", json!({ "subject": "Lunch" }));
    assert_eq!(subjects(&host, "inbox", 0, 30).await, ["Lunch"]);
    assert_eq!(subjects(&host, made.watch.id.as_str(), 0, 0).await, ["Lunch"], "by its id, and as often as one likes");

    // A consumer gets each until it acknowledges it.
    let first = host.watches().events_for("inbox", "erp", 10, Duration::ZERO).await.unwrap();
    let again = host.watches().events_for("inbox", "erp", 10, Duration::ZERO).await.unwrap();
    assert_eq!((first.len(), &first), (1, &again));
    assert_eq!(host.watches().lag("inbox", "erp").await.unwrap().events, 1);
    host.watches().acknowledge("inbox", "erp", first[0].sequence).await.unwrap();
    assert_eq!(host.watches().events_for("inbox", "erp", 10, Duration::ZERO).await.unwrap(), []);
    assert_eq!(subjects(&host, "inbox", 0, 0).await, ["Lunch"], "the retention keeps it for the others");
    assert_eq!(subjects(&host, "inbox", first[0].sequence, 0).await, [""; 0]);
    stop.send(()).unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn a_pause_holds_it_and_loses_nothing() {
    let world = World::with(&["one"]);
    let host = world.owner();
    host.watches().add(inbox("inbox")).await.unwrap();
    let (task, stop) = working(&world);
    polled(&host, "inbox").await;
    let paused = host.watches().pause("inbox", "holiday", None).await.unwrap();
    assert_eq!((paused.state, paused.watch.paused.unwrap().reason.as_str()), (WatchState::Paused, "holiday"));
    world.sandbox.graph().deliver(USER, "inbox", json!({ "subject": "Meanwhile" }));
    let before = world.sandbox.requests().len();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(world.sandbox.requests().len(), before, "Graph is not asked");
    host.watches().resume("inbox", None).await.unwrap();
    assert_eq!(subjects(&host, "inbox", 0, 30).await, ["Meanwhile"]);
    stop.send(()).unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn it_can_be_tried_and_begun_anew() {
    let world = World::with(&["one"]);
    let host = world.owner();
    let received = (Timestamp::now() - SignedDuration::from_mins(30)).to_string();
    world.sandbox.graph().deliver(USER, "inbox", json!({ "subject": "Before", "receivedDateTime": received }));
    host.watches().add(inbox("inbox")).await.unwrap();
    let tried = host.watches().try_out("inbox", None).await.unwrap();
    assert!(tried.events.iter().any(|event| event.data.as_str().contains("\"Before\"")), "it looks back a day");
    assert_eq!(subjects(&host, "inbox", 0, 0).await, [""; 0], "nothing was stored");

    let (task, stop) = working(&world);
    polled(&host, "inbox").await;
    assert_eq!(subjects(&host, "inbox", 0, 0).await, [""; 0], "it begins now");
    host.watches().reset("inbox", Some(Timestamp::now() - SignedDuration::from_hours(1))).await.unwrap();
    until("it looks back", async || subjects(&host, "inbox", 0, 5).await.contains(&"Before".to_owned())).await;
    stop.send(()).unwrap();
    task.await.unwrap();

    // A trigger that cannot look back says so.
    let new = NewWatch::new("folders", "outlook.deleted_email", "one", json!({}));
    host.watches().add(new).await.unwrap();
    let error = host.watches().reset("folders", Some(Timestamp::now())).await.unwrap_err();
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/since"));
}

#[tokio::test]
async fn a_trouble_is_told_and_ends_when_it_is_mended() {
    let world = World::with(&["one"]);
    let host = world.owner();
    let new = NewWatch::new("gone", "outlook.new_email", "one", json!({ "folderId": "no-such-folder" }));
    host.watches().add(new.interval(Duration::from_secs(1))).await.unwrap();
    let (task, stop) = working(&world);
    until("the trouble", async || {
        matches!(host.watches().show("gone").await.unwrap().state, WatchState::Trouble { .. })
    })
    .await;
    let WatchState::Trouble { error, .. } = host.watches().show("gone").await.unwrap().state else { panic!() };
    assert!(error["code"].is_string() && error["whoActs"].is_string(), "{error}");
    // Whoever mends it sees it polled at once.
    let mut change = WatchChange::default();
    change.input = Some(json!({}));
    host.watches().change("gone", change, None).await.unwrap();
    until("the end of the trouble", async || host.watches().show("gone").await.unwrap().state == WatchState::Active)
        .await;
    stop.send(()).unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn bad_input_is_told_whole_and_nothing_is_made() {
    let world = World::with(&["one"]);
    let host = world.owner();
    let mut new = NewWatch::new(" ", "outlook.new_email", "one", json!({ "folder": 1, "since": "yesterday" }));
    new.interval_seconds = Some(0);
    let error = host.watches().add(new).await.unwrap_err();
    let pointers: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name", "/intervalSeconds", "/input/folder", "/input/since"]);
    let unknown = host.watches().add(NewWatch::new("a", "outlook.new_mail", "one", json!({}))).await.unwrap_err();
    assert_eq!(unknown.code(), Code::UnknownAction);
    let nowhere = host.watches().add(NewWatch::new("a", "outlook.new_email", "two", json!({}))).await.unwrap_err();
    assert_eq!(nowhere.code(), Code::UnknownConnection);
    assert_eq!(host.watches().list().await.unwrap(), []);

    host.watches().add(inbox("inbox")).await.unwrap();
    let twice = host.watches().add(inbox("inbox")).await.unwrap_err();
    assert_eq!((twice.code(), twice.reason()), (Code::Conflict, Some("name_taken")));
    let late = host.watches().show("inbox").await.unwrap();
    let mut rename = WatchChange::default();
    rename.name = Some("post".to_owned());
    let renamed = host.watches().change("inbox", rename.clone(), Some(late.revision)).await.unwrap();
    let error = host.watches().change("post", rename, Some(late.revision)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Conflict, Some("changed")));
    host.watches().add(inbox("inbox")).await.unwrap();
    host.watches().remove("post", Some(renamed.revision)).await.unwrap();
    assert_eq!(host.watches().show("post").await.unwrap_err().code(), Code::NotFound);
    assert_eq!(host.watches().list().await.unwrap().len(), 1);
    host.watches().add(inbox("post")).await.unwrap();
}

#[tokio::test]
async fn a_key_sees_and_makes_what_it_reaches_alone() {
    let world = World::with(&["one", "two"]);
    let owner = world.owner();
    owner.watches().add(inbox("inbox")).await.unwrap();
    let elsewhere = NewWatch::new("elsewhere", "outlook.new_email", "two", json!({}));
    owner.watches().add(elsewhere).await.unwrap();
    let grant = |watches| Grant {
        connections: Patterns::new(["one"]).unwrap(),
        actions: Patterns::new(["outlook.new_*"]).unwrap(),
        watches,
        ..Grant::default()
    };
    let none = world.key(grant(Access::None)).await;
    assert_eq!(none.watches().list().await.unwrap_err().code(), Code::Denied);
    let reader = world.key(grant(Access::Read)).await;
    let seen: Vec<String> = reader.watches().list().await.unwrap().into_iter().map(|info| info.watch.name).collect();
    assert_eq!(seen, ["inbox"]);
    let hidden = reader.watches().show("elsewhere").await.unwrap_err();
    let absent = reader.watches().show("nowhere").await.unwrap_err();
    assert_eq!(hidden.to_string().replace("elsewhere", "nowhere"), absent.to_string());
    assert_eq!(reader.watches().add(inbox("mine")).await.unwrap_err().code(), Code::Denied);
    assert_eq!(reader.watches().pause("inbox", "", None).await.unwrap_err().code(), Code::Denied);

    let writer = world.key(grant(Access::Write)).await;
    let made = writer.watches().add(inbox("mine")).await.unwrap();
    assert_eq!(made.watch.owner, writer.principal().id);
    let (task, stop) = working(&world);
    polled(&owner, "mine").await;
    // What is revoked polls no more, and says why.
    owner.api_keys().revoke(writer.principal().id.as_str()).await.unwrap();
    until("the pause", async || owner.watches().show("mine").await.unwrap().watch.paused.is_some()).await;
    let paused = owner.watches().show("mine").await.unwrap().watch.paused.unwrap();
    assert!(paused.reason.contains("revoked"), "{paused:?}");
    stop.send(()).unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn two_processes_share_the_work_and_commit_each_event_once() {
    let world = World::with(&["one"]);
    let host = world.owner();
    for at in 0..8 {
        host.watches().add(inbox(&format!("watch {at}"))).await.unwrap();
    }
    let workers = [working(&world), working(&world), working(&world)];
    for at in 0..8 {
        polled(&host, &format!("watch {at}")).await;
    }
    for at in 0..20 {
        world.sandbox.graph().deliver(USER, "inbox", json!({ "subject": at.to_string() }));
    }
    for at in 0..8 {
        let watch = format!("watch {at}");
        until("all events", async || subjects(&host, &watch, 0, 5).await.len() >= 20).await;
        let mut all = subjects(&host, &watch, 0, 0).await;
        all.sort_by_key(|subject| subject.parse::<u32>().unwrap());
        assert_eq!(all, (0..20).map(|at| at.to_string()).collect::<Vec<_>>());
    }
    for (task, stop) in workers {
        stop.send(()).unwrap();
        task.await.unwrap();
    }
}
