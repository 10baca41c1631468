//! Listeners where Graph forgets the position, or leads in circles.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_runtime::store::Sqlite;
use connector_runtime::{ExternalConnection, Gap, Host, KeyRing, Listen, Listener, Notice};
use connector_sdk::{ByteStream, Code, Result, Secret, Transport};
use graph_client::Endpoint;
use graph_sandbox::{Clock, Holder, Sandbox};
use jiff::SignedDuration;
use serde_json::{Value, json};
use support::with_sandbox;
use tokio::sync::mpsc;

const USER: &str = "adelev@contoso.example";

fn host(sandbox: &Sandbox) -> Host {
    let builder = Host::builder().connector(outlook_connector::connector());
    with_sandbox(builder, sandbox, &["User.Read", "Mail.ReadWrite"]).build().unwrap()
}

fn listen(trigger: &str) -> Listen {
    Listen { interval: Some(Duration::from_secs(1)), ..Listen::new(trigger, "sandbox", json!({})) }
}

fn notices(listener: &mut Listener) -> mpsc::UnboundedReceiver<Notice> {
    let (send, receive) = mpsc::unbounded_channel();
    listener.on_notice(move |notice| send.send(notice.clone()).unwrap());
    receive
}

#[tokio::test]
async fn a_gap_is_told_at_once_and_with_the_next_event() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    let mut listener = host.listen(listen("outlook.deleted_email")).await.unwrap();
    let mut told = notices(&mut listener);
    let mails: Vec<String> =
        (0..3).map(|at| sandbox.graph().deliver(USER, "inbox", json!({ "subject": at.to_string() }))).collect();
    let delete = async |id: &str| {
        let run = connector_runtime::Run::new("outlook.delete_email", "sandbox", json!({ "messageId": id }));
        host.execute(run).await.unwrap();
    };
    assert_eq!(listener.try_next().await.unwrap(), None);
    delete(&mails[0]).await;
    let event = listener.try_next().await.unwrap().unwrap();
    let first = event.id.clone();
    assert_eq!(event.gaps.len(), 0);
    listener.ack(&event).await.unwrap();

    delete(&mails[1]).await;
    sandbox.graph().expire_delta_tokens();
    assert_eq!(listener.try_next().await.unwrap(), None, "Graph does not keep it");
    let Ok(Notice::Gap(gap)) = told.try_recv() else { panic!("it is told at once") };
    let Gap { since, until, missed, reason, .. } = &gap;
    assert!(since.is_some_and(|since| since <= *until) && missed == "messages that left the folder", "{gap:?}");
    assert!(reason.contains("410") && reason.contains("SyncStateNotFound"), "{reason}");
    assert_eq!(listener.try_next().await.unwrap(), None, "a gap is no event");

    // It outlives the listener, and goes with the event that comes next.
    listener.stop().await.unwrap();
    let mut listener = host.listen(listen("outlook.deleted_email")).await.unwrap();
    delete(&mails[2]).await;
    let event = listener.try_next().await.unwrap().unwrap();
    assert_eq!((event.id != first, &event.gaps), (true, &vec![gap]));
    assert_eq!(listener.try_next().await.unwrap().as_ref(), Some(&event), "until it is acknowledged");
    let shown = serde_json::to_value(&event).unwrap();
    assert_eq!(shown["gaps"][0]["missed"], "messages that left the folder");
    listener.ack(&event).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn what_begins_again_without_a_loss_tells_no_gap() {
    let sandbox = Sandbox::new();
    let mut listener = host(&sandbox).listen(listen("outlook.new_email")).await.unwrap();
    let mut told = notices(&mut listener);
    assert_eq!(listener.try_next().await.unwrap(), None);
    sandbox.graph().deliver(USER, "inbox", json!({ "subject": "x" }));
    sandbox.graph().expire_delta_tokens();
    let event = listener.try_next().await.unwrap().unwrap();
    assert_eq!((event.data.read::<Value>().unwrap()["subject"].as_str(), event.gaps.len()), (Some("x"), 0));
    assert!(told.try_recv().is_err());
}

// Pages that always have a next one: the same, or each time another.
struct Endless {
    asked: AtomicUsize,
    circle: bool,
}

#[async_trait]
impl Transport for Endless {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst);
        let next = if self.circle { 0 } else { at };
        let page = json!({ "value": [], "@odata.nextLink": format!("https://graph.sandbox.invalid/v1.0/me/next?page={next}") });
        let body: ByteStream = Box::pin(futures_util::stream::iter([Ok(Bytes::from(page.to_string()))]));
        Ok(http::Response::builder().header("content-type", "application/json").body(body).unwrap())
    }
}

fn endless(circle: bool) -> (Host, Arc<Endless>) {
    let server = Arc::new(Endless { asked: AtomicUsize::new(0), circle });
    let token = Secret::new(Sandbox::new().issue_token(Holder::User(USER), &["Mail.Read"]));
    let given =
        ExternalConnection::with_token(Endpoint::new("https://graph.sandbox.invalid").unwrap(), &token, None).unwrap();
    let builder = Host::builder().connector(outlook_connector::connector());
    let builder = builder.store(Arc::new(Sqlite::in_memory().unwrap()), KeyRing::random().unwrap());
    (builder.connection("sandbox", given.transport(server.clone())).build().unwrap(), server)
}

#[tokio::test]
async fn pages_without_end_are_told_of_and_looked_at_with_growing_pauses() {
    for circle in [true, false] {
        let (host, server) = endless(circle);
        let mut listener = host.listen(listen("outlook.new_email")).await.unwrap();
        let mut told = notices(&mut listener);
        // It never ends by itself.
        let listening = tokio::spawn(async move { listener.next().await.map(|event| event.id) });
        let mut pauses = Vec::new();
        for _ in 0..if circle { 3 } else { 1 } {
            match told.recv().await {
                Some(Notice::Endless { pause_seconds, .. }) => pauses.push(pause_seconds),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(pauses, if circle { vec![1, 2, 4] } else { vec![1] });
        assert_eq!(server.asked.load(Ordering::SeqCst), if circle { 4 } else { 50 });
        assert!(!listening.is_finished());
        listening.abort();
    }
}

#[tokio::test]
async fn who_does_not_wait_is_told_that_there_is_no_end() {
    for circle in [true, false] {
        let (host, server) = endless(circle);
        let mut listener = host.listen(listen("outlook.new_email")).await.unwrap();
        let error = listener.try_next().await.unwrap_err();
        assert_eq!((error.code(), error.message().contains("do not end")), (Code::Protocol, true), "{error}");
        assert!(server.asked.load(Ordering::SeqCst) <= 1_000);
    }
}

#[tokio::test]
async fn a_machine_whose_clock_is_wrong_goes_by_graphs() {
    let minute = Duration::from_secs(60);
    for ahead in [-3 * 3600, -600, -3, 0, 1, 300, 3 * 3600] {
        for (trigger, action) in
            [("outlook.new_contact", "outlook.create_contact"), ("outlook.new_event", "outlook.create_event")]
        {
            let clock = Clock::fixed("2026-05-08T12:00:00Z".parse().unwrap());
            let sandbox = Sandbox::builder().clock(clock.clone()).build();
            let skew = Arc::new(AtomicI64::new(ahead));
            let (graph, by) = (clock.clone(), skew.clone());
            let now = move || graph.now() + SignedDuration::from_secs(by.load(Ordering::SeqCst));
            let builder = Host::builder().connector(outlook_connector::connector()).now(now);
            let scopes = ["User.Read", "Contacts.ReadWrite", "Calendars.ReadWrite"];
            let host = with_sandbox(builder, &sandbox, &scopes).build().unwrap();
            let make = async |name: &str| {
                let input = match action {
                    "outlook.create_contact" => json!({ "givenName": name }),
                    _ => json!({ "subject": name, "start": "2026-06-01T09:00:00Z", "end": "2026-06-01T10:00:00Z" }),
                };
                let made = host.execute(connector_runtime::Run::new(action, "sandbox", input)).await.unwrap();
                clock.advance(minute);
                made.output.read::<Value>().unwrap()["id"].clone()
            };
            make("old").await;
            let mut listener = host.listen(listen(trigger)).await.unwrap();
            assert_eq!(listener.try_next().await.unwrap(), None, "{trigger} {ahead}");
            let mut heard = async |expected: &Value| {
                let event = listener.try_next().await.unwrap().unwrap_or_else(|| panic!("{trigger} {ahead}: lost"));
                listener.ack(&event).await.unwrap();
                assert_eq!(&event.data.read::<Value>().unwrap()["id"], expected, "{trigger} {ahead}");
                assert_eq!(listener.try_next().await.unwrap(), None, "{trigger} {ahead}");
            };
            heard(&make("new").await).await;
            // The clock is set, and goes wrong the other way.
            skew.store(-ahead, Ordering::SeqCst);
            heard(&make("newer").await).await;
        }
    }
}
