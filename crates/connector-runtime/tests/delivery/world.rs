//! A host with a watch whose events a test commits by itself, and a clock that it moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use connector_runtime::jiff::{SignedDuration, Timestamp};
use connector_runtime::store::{EventLog as _, NewEvent, Sqlite, Start, TaskQueue as _};
use connector_runtime::{
    AddressRules, AuthorizedHost, Endpoint, ExternalConnection, Host, Interface, KeyRing, NewDestination, NewSecret,
    NewWatch, Principal, Secret, WorkerOptions,
};
use graph_sandbox::{Holder, Sandbox};
use serde_json::json;

use crate::receiver::Receiver;

const PREFIXES: [&str; 3] = ["deliver/", "retry/", "replay/"];

pub(crate) struct World {
    pub(crate) host: Host,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) watch: String,
    later: Arc<AtomicI64>,
    committed: AtomicU64,
}

impl World {
    pub(crate) async fn new() -> World {
        World::with(AddressRules::default().allow("127.0.0.0/8").unwrap()).await
    }

    pub(crate) async fn with(rules: AddressRules) -> World {
        let sandbox = Sandbox::new();
        let token = Secret::new(sandbox.issue_token(Holder::User("adelev@contoso.example"), &["Mail.ReadWrite"]));
        let given = ExternalConnection::with_token(Endpoint::new("https://sandbox.invalid").unwrap(), &token, None);
        let (store, later) = (Arc::new(Sqlite::in_memory().unwrap()), Arc::new(AtomicI64::new(0)));
        // It stands still while nobody moves it.
        let (moved, began) = (later.clone(), Timestamp::now());
        let host = Host::builder()
            .connector(outlook_connector::connector())
            .transport(Arc::new(sandbox))
            .store(store.clone(), KeyRing::random().unwrap())
            .connection("work", given.unwrap())
            .destination_rules(rules)
            .now(move || began + SignedDuration::from_secs(moved.load(Ordering::SeqCst)))
            .build()
            .unwrap();
        let owner = host.authorize(Principal::owner(), Interface::Library);
        let watch = owner.watches().add(NewWatch::new("Inbox", "outlook.new_email", "work", json!({}))).await.unwrap();
        let watch = watch.watch.id.to_string();
        World { host, store, watch, later, committed: AtomicU64::new(0) }
    }

    pub(crate) fn owner(&self) -> AuthorizedHost {
        self.host.authorize(Principal::owner(), Interface::Library)
    }

    pub(crate) fn source(&self) -> String {
        format!("watch/main/{}", self.watch)
    }

    /// Makes a destination at a receiver, which gets the events from now on.
    pub(crate) async fn destination(
        &self,
        receiver: &Receiver,
        more: impl FnOnce(NewDestination) -> NewDestination,
    ) -> NewSecret {
        let new = more(NewDestination::new("Hook", receiver.url().parse().unwrap()));
        let made = self.owner().destinations().add(new).await.unwrap();
        let id = made.info.destination.id.as_str();
        self.owner().destinations().attach(id, &self.watch, Start::Now).await.unwrap();
        made
    }

    /// Commits events with rising numbers.
    pub(crate) async fn commit(&self, count: u64) {
        let first = self.committed.fetch_add(count, Ordering::SeqCst);
        let event = |n: u64| NewEvent::new(format!("e.{n}"), json!({ "n": n }).to_string());
        let events: Vec<_> = (first..first + count).map(event).collect();
        self.store.append(&self.source(), &events).await.unwrap();
        self.wake().await;
    }

    /// Moves the clock, and makes every task look at it.
    pub(crate) async fn pass(&self, time: Duration) {
        self.later.fetch_add(i64::try_from(time.as_secs()).unwrap(), Ordering::SeqCst);
        self.wake().await;
    }

    async fn wake(&self) {
        for made in self.owner().destinations().list().await.unwrap() {
            let id = made.destination.id.to_string();
            for watch in [&*self.watch, "ops"] {
                self.store.wake(&format!("deliver/main/{watch}/{id}")).await.unwrap();
            }
            for failed in self.owner().deliveries().failed(&id, None, 200).await.unwrap() {
                let task = format!("retry/main/{}", failed.id.as_str().replacen('-', "/", 1));
                self.store.wake(&task).await.unwrap();
            }
        }
    }

    /// Works until nothing is due any more, and what is being worked on has ended.
    pub(crate) async fn work(&self) {
        while self.is_due().await {
            self.work_until(async {
                let mut quiet = 0;
                while quiet < 5 {
                    quiet = if self.is_due().await { 0 } else { quiet + 1 };
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            })
            .await;
        }
    }

    // What is worked on is due again when its lease ends, which is later. The store's clock runs on while the host's stands
    // still, so a task that waits for the host's is looked at again from time to time.
    async fn is_due(&self) -> bool {
        for prefix in PREFIXES {
            let next = self.store.next_due(prefix).await.unwrap();
            if next.is_some_and(|next| next.is_zero()) {
                return true;
            }
        }
        false
    }

    pub(crate) async fn work_until(&self, until: impl Future<Output = ()>) {
        let mut options = WorkerOptions::default();
        options.prefixes = PREFIXES.map(str::to_owned).to_vec();
        // A machine that is busy with other things must not take the tasks of a worker that lives.
        options.lease = Duration::from_secs(60);
        self.host.work(options, until).await.unwrap();
    }

    /// Returns how many events a destination has not acknowledged.
    pub(crate) async fn waiting(&self, made: &NewSecret) -> u64 {
        let consumer = format!("to/{}", made.info.destination.id);
        self.store.lag(&self.source(), &consumer).await.unwrap().events
    }
}

/// Returns what is in a list, in order and without repetitions.
pub(crate) fn distinct(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
