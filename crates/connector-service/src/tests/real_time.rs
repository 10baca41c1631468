//! Watches in real time: the host subscribes, the sandbox notifies over loopback, and the events are there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_runtime::{
    Endpoint, ExternalConnection, Host, Interface, NewWatch, Principal, Secret, SubscriptionState, WatchInfo,
};
use graph_sandbox::{Fault, Holder, Lifecycle, Rule, Sandbox};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::options::Options;
use crate::service::{Service, Sockets};

const ADELE: &str = "adelev@contoso.example";
const HOUR: Duration = Duration::from_secs(3600);

/// A service with an address for notifications, over a sandbox that sends some.
struct RealTime {
    host: Host,
    sandbox: Sandbox,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<connector_runtime::Result<()>>,
}

impl RealTime {
    async fn new() -> RealTime {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let sockets = Sockets::bind(any).await.unwrap().with_ingress(any).await.unwrap();
        let ingress = sockets.ingress_address().unwrap().unwrap();
        let sandbox = Sandbox::new();
        sandbox.validate_notification_urls(true);
        let token = Secret::new(sandbox.issue_token(Holder::User(ADELE), &["Mail.ReadWrite", "Calendars.ReadWrite"]));
        let given = ExternalConnection::with_token(Endpoint::new("https://graph.microsoft.com").unwrap(), &token, None)
            .unwrap();
        let host = Host::builder()
            .connector(outlook_connector::connector())
            .transport(Arc::new(sandbox.clone()))
            .connection("work", given)
            .notification_url(&format!("http://{ingress}/hooks/graph"))
            .unwrap()
            .build()
            .unwrap();
        let service = Service::new(host.clone(), Options::new()).unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(service.run(sockets, async {
            let _ = stopped.await;
        }));
        RealTime { host, sandbox, stop, server }
    }

    /// Makes a watch that finds nothing within an hour by its interval, and waits until Graph notifies.
    async fn watch(&self, trigger: &str) -> WatchInfo {
        let new = NewWatch::new("inbox", trigger, "work", json!({})).real_time().interval(HOUR);
        self.owner().watches().add(new).await.unwrap();
        self.until(|info| info.polled.is_some() && matches!(info.subscription, Some(SubscriptionState::Active { .. })))
            .await
    }

    fn owner(&self) -> connector_runtime::AuthorizedHost {
        self.host.authorize(Principal::owner(), Interface::Library)
    }

    async fn until(&self, holds: impl Fn(&WatchInfo) -> bool) -> WatchInfo {
        for _ in 0..3_000 {
            let info = self.owner().watches().show("inbox").await.unwrap();
            if holds(&info) {
                return info;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not come to that: {:?}", self.owner().watches().show("inbox").await.unwrap());
    }

    fn deliver(&self, subject: &str) {
        self.sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": subject }));
    }

    /// Waits until the watch has so many events, and returns their subjects.
    async fn subjects(&self, count: usize) -> Vec<String> {
        for _ in 0..3_000 {
            let events = self.owner().watches().events("inbox", 0, 100, Duration::ZERO).await.unwrap();
            if events.len() >= count {
                let read = |event: &connector_runtime::WatchEvent| serde_json::to_value(event).unwrap();
                return events.iter().map(|one| read(one)["data"]["subject"].as_str().unwrap().to_owned()).collect();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the events did not come");
    }

    /// The subscriptions that Graph has of this host.
    async fn subscriptions(&self) -> Vec<Value> {
        let token = self.sandbox.issue_token(Holder::User(ADELE), &["Mail.ReadWrite"]);
        let request = Request::get("https://graph.microsoft.com/v1.0/subscriptions")
            .header("authorization", format!("Bearer {token}"))
            .body(Bytes::new())
            .unwrap();
        let answer = connector_runtime::Transport::send(&self.sandbox, request).await.unwrap();
        let body = connector_sdk::read_to_end(answer.into_body(), 1 << 20).await.unwrap();
        let mut all = serde_json::from_slice::<Value>(&body).unwrap()["value"].as_array().unwrap().clone();
        all.retain(|one| one["notificationUrl"].as_str().unwrap().starts_with("http://127.0.0.1:"));
        all
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.server.await.unwrap().unwrap();
    }
}

async fn post(url: &str, body: &str) -> (StatusCode, String) {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header("content-type", "application/json")
        .body(Full::<Bytes>::from(body.to_owned()))
        .unwrap();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    (head.status, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_graph_notifies_of_is_found_at_once() {
    let real = RealTime::new().await;
    real.watch("outlook.new_email").await;
    let subscribed = real.subscriptions().await;
    assert_eq!(subscribed.len(), 1);
    assert_eq!(subscribed[0]["resource"], "me/mailFolders('inbox')/messages");
    assert!(subscribed[0]["lifecycleNotificationUrl"].as_str().unwrap().ends_with("/lifecycle"));
    // Nobody polls within the hour.
    real.deliver("Lunch");
    assert_eq!(real.subjects(1).await, ["Lunch"]);
    real.deliver("Tea");
    assert_eq!(real.subjects(2).await, ["Lunch", "Tea"]);
    real.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_is_held_or_removed_leaves_no_subscription() {
    let real = RealTime::new().await;
    real.watch("outlook.new_email").await;
    let gone = async |count: usize| {
        for _ in 0..3_000 {
            if real.subscriptions().await.len() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{:?}", real.subscriptions().await);
    };
    real.owner().watches().pause("inbox", "holidays", None).await.unwrap();
    gone(0).await;
    real.owner().watches().resume("inbox", None).await.unwrap();
    gone(1).await;
    real.owner().watches().remove("inbox", None).await.unwrap();
    gone(0).await;
    real.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_graph_says_of_a_subscription_is_acted_on() {
    let real = RealTime::new().await;
    real.watch("outlook.new_email").await;
    let first = real.subscriptions().await[0].clone();
    let id = first["id"].as_str().unwrap();
    // Graph has removed it: another one is made, and what happened meanwhile is found.
    real.sandbox.send_lifecycle(id, Lifecycle::SubscriptionRemoved).unwrap();
    for _ in 0..3_000 {
        let now = real.subscriptions().await;
        if now.iter().any(|one| one["id"] != first["id"]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    real.until(|info| matches!(info.subscription, Some(SubscriptionState::Active { .. }))).await;
    real.deliver("After");
    assert_eq!(real.subjects(1).await, ["After"]);
    real.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_the_secret_changes_and_learns_nothing() {
    let real = RealTime::new().await;
    real.watch("outlook.new_email").await;
    let url = real.subscriptions().await[0]["notificationUrl"].as_str().unwrap().to_owned();
    // The poll that makes up for the time before the subscription is over.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let asked = real.sandbox.request_count();
    // A handshake is answered while one is expected, and never again.
    assert_eq!(post(&format!("{url}?validationToken=hello"), "").await, (StatusCode::NOT_FOUND, String::new()));
    let forged = json!({ "value": [{ "clientState": "guessed", "subscriptionId": "x", "changeType": "created" }] });
    for body in [forged.to_string(), "{}".to_owned(), "[]".to_owned(), "no json".to_owned(), "[".repeat(10_000)] {
        assert_eq!(post(&url, &body).await.0, StatusCode::ACCEPTED);
    }
    let (base, token) = url.rsplit_once('/').unwrap();
    for unknown in [format!("{base}/{}", "0".repeat(64)), format!("{base}/x"), format!("{base}/"), format!("{url}0")] {
        assert_eq!(post(&unknown, &forged.to_string()).await.0, StatusCode::NOT_FOUND, "{unknown}");
    }
    assert_eq!(post(&url, &" ".repeat(2 << 20)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(real.sandbox.request_count(), asked, "nothing was polled");
    assert_eq!(token.len(), 64);
    real.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_subscribed_to_is_polled() {
    let real = RealTime::new().await;
    real.sandbox.faults().add(
        Rule::new(Fault::Status { status: 403, code: "Forbidden".to_owned(), message: String::new() })
            .path("/subscriptions"),
    );
    let new =
        NewWatch::new("inbox", "outlook.new_email", "work", json!({})).real_time().interval(Duration::from_secs(1));
    real.owner().watches().add(new).await.unwrap();
    real.until(|info| matches!(info.subscription, Some(SubscriptionState::Failed { .. })) && info.polled.is_some())
        .await;
    real.deliver("Lunch");
    assert_eq!(real.subjects(1).await, ["Lunch"]);
    // What Graph notifies nobody of is refused at once, with its place.
    let other = json!({ "mailbox": "meganb@contoso.example" });
    let refused =
        real.owner().watches().add(NewWatch::new("other", "outlook.new_email", "work", other).real_time()).await;
    assert_eq!(refused.unwrap_err().violations()[0].pointer, "/input/mailbox");
    let upcoming = NewWatch::new("soon", "outlook.upcoming_event", "work", json!({})).real_time();
    assert_eq!(real.owner().watches().add(upcoming).await.unwrap_err().violations()[0].pointer, "/mode");
    real.end().await;
}
