//! Notifications that the sandbox sends: what waits, what goes wrong on demand, and what became of it.
//!
//! A change hands over its notifications and goes on; a task of its own sends them. An answer with 2xx within three
//! seconds acknowledges them. Otherwise they are sent again, after pauses that double from one second to ten minutes,
//! until four hours have passed on the sandbox's clock or the subscription has ended.

mod endpoint;
mod log;
mod rule;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use log::{NotificationCounts, Sent, SentOutcome, Unsent};
pub use rule::{NotificationFault, NotificationRule};

use self::endpoint::{Endpoint, Pace, SLOW};
use self::log::Log;
use self::rule::{Live, Manner};
use self::worker::{Batch, Next};
use crate::{Clock, lock, reach};

/// The most notifications that wait; what comes beyond is dropped.
const WAITING: usize = 10_000;
/// For how long a notification is sent again.
const KEPT: SignedDuration = SignedDuration::from_hours(4);
/// The longest pause before one is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// How notifications are sent; see [`Notifications::sending`]. In JSON: `{"sending": {"batch": 1}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Sending {
    /// The most notifications in one request; 20 from the start.
    pub batch: usize,
    /// An answer after this time is late; 3,000 from the start.
    pub late_millis: u64,
    /// No answer is awaited for longer; 10,000 from the start.
    pub limit_millis: u64,
    /// The pause before something is sent again for the first time; it doubles each time. 1,000 from the start.
    pub retry_millis: u64,
}

impl Default for Sending {
    fn default() -> Sending {
        Sending { batch: 20, late_millis: 3_000, limit_millis: 10_000, retry_millis: 1_000 }
    }
}

/// What Graph tells of a subscription itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Lifecycle {
    /// The subscription must be reauthorized or renewed.
    ReauthorizationRequired,
    /// The subscription is gone.
    SubscriptionRemoved,
    /// Some change notifications were not sent.
    Missed,
}

impl Lifecycle {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Lifecycle::ReauthorizationRequired => "reauthorizationRequired",
            Lifecycle::SubscriptionRemoved => "subscriptionRemoved",
            Lifecycle::Missed => "missed",
        }
    }
}

/// One notification, before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// The id of the subscription.
    pub(crate) subscription: String,
    pub(crate) url: String,
    /// When the subscription ends.
    pub(crate) expires: Timestamp,
    pub(crate) lifecycle: bool,
    pub(crate) body: Map<String, Value>,
    /// The app that it is for, and its validation token, if it has data.
    pub(crate) token: Option<(String, String)>,
}

/// Signs the claims of a token.
pub(crate) type Sign = Box<dyn Fn(&Value) -> String + Send + Sync>;

/// Who signs, once that is known.
#[derive(Default)]
struct Signer(OnceLock<Sign>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

/// One that waits.
#[derive(Debug, Clone)]
struct Item {
    subscription: String,
    url: String,
    expires: Timestamp,
    lifecycle: bool,
    body: Map<String, Value>,
    token: Option<(String, String)>,
    first: Timestamp,
    due: Instant,
    /// The next one shall overtake it.
    held: bool,
    attempts: u32,
}

/// The notifications of a sandbox; see [`Sandbox::notifications`](crate::Sandbox::notifications). Clones are the same.
#[derive(Debug, Clone)]
pub struct Notifications(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    signer: Signer,
    state: Mutex<State>,
    /// Something new waits.
    wake: Arc<Notify>,
    /// Something is no longer waiting.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    sending: Sending,
    rules: Vec<Live>,
    endpoints: BTreeMap<String, Endpoint>,
    /// How many wait, or are on their way.
    waiting: usize,
    log: Log,
    /// Subscriptions that ended while something was on its way.
    ended: BTreeSet<String>,
    worker: Option<JoinHandle<()>>,
}

impl Notifications {
    pub(crate) fn new(clock: Clock) -> Notifications {
        let (state, wake, changed) = (Mutex::default(), Arc::default(), Notify::new());
        Notifications(Arc::new(Inner { clock, signer: Signer::default(), state, wake, changed }))
    }

    /// Adds a rule. All rules that match a notification strike.
    pub fn add(&self, rule: NotificationRule) {
        lock(&self.0.state).rules.push(Live::new(rule, self.0.clock.now()));
    }
    /// Sets how notifications are sent from now on.
    pub fn sending(&self, sending: Sending) {
        lock(&self.0.state).sending = sending;
    }
    /// Returns how notifications are sent.
    pub fn how(&self) -> Sending {
        lock(&self.0.state).sending
    }
    /// Takes every rule away, forgets what was sent, and sets the counts to zero. What waits is sent all the same.
    pub fn clear(&self) {
        let mut state = lock(&self.0.state);
        state.rules.clear();
        state.sending = Sending::default();
        state.log = Log::default();
    }
    /// The rules.
    pub fn rules(&self) -> Vec<NotificationRule> {
        lock(&self.0.state).rules.iter().map(|live| live.rule.clone()).collect()
    }
    /// How many notifications had which end so far.
    pub fn counts(&self) -> NotificationCounts {
        let state = lock(&self.0.state);
        NotificationCounts { waiting: state.waiting as u64, ..state.log.counts }
    }
    /// The newest 1,000 notifications that were sent, the oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        lock(&self.0.state).log.sent.iter().cloned().collect()
    }
    /// Subscriptions whose notifications go nowhere, because the sandbox sends to this machine only.
    pub fn unsent(&self) -> Vec<Unsent> {
        lock(&self.0.state).log.unsent.clone()
    }

    /// Waits until nothing waits any more: all was acknowledged, dropped or given up.
    pub async fn settled(&self) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            _ = changed.as_mut().enable();
            if lock(&self.0.state).waiting == 0 {
                return;
            }
            self.start();
            changed.await;
        }
    }

    /// Sets who signs validation tokens.
    pub(crate) fn sign_with(&self, sign: Sign) {
        _ = self.0.signer.0.set(sign);
    }

    /// Signs the claims of a validation token, where there is a sign-in service.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        self.0.signer.0.get().map(|sign| sign(claims))
    }

    /// Puts notifications in the queue.
    pub(crate) fn send(&self, notices: Vec<Notice>) {
        if notices.is_empty() {
            return;
        }
        let now = self.0.clock.now();
        let mut state = lock(&self.0.state);
        for notice in notices {
            state.queue(notice, now);
        }
        drop(state);
        self.start();
    }

    /// Drops what waits for a subscription that has ended.
    pub(crate) fn forget(&self, subscription: &str) {
        let mut state = lock(&self.0.state);
        let mut gone = 0;
        for endpoint in state.endpoints.values_mut() {
            gone += endpoint.retain(|item| item.lifecycle || !item.subscription.eq_ignore_ascii_case(subscription));
        }
        if state.endpoints.values().any(|endpoint| endpoint.busy) {
            state.ended.insert(subscription.to_ascii_lowercase());
        }
        state.give_up(gone);
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// Makes sure that somebody sends, if there is a runtime. Without one, what waits goes on waiting.
    fn start(&self) {
        let mut state = lock(&self.0.state);
        if state.waiting > 0 && state.worker.as_ref().is_none_or(JoinHandle::is_finished) {
            let Ok(runtime) = Handle::try_current() else { return };
            let worker = worker::run(Arc::downgrade(&self.0), Arc::clone(&self.0.wake));
            // A request that was on its way in a runtime that has ended is on its way no more.
            state.endpoints.values_mut().for_each(|endpoint| endpoint.busy = false);
            let queued: usize = state.endpoints.values().map(Endpoint::len).sum();
            let lost = state.waiting - queued;
            state.give_up(lost);
            state.worker = Some(runtime.spawn(worker));
        }
        drop(state);
        self.0.wake.notify_one();
    }
}

impl State {
    fn give_up(&mut self, count: usize) {
        self.waiting -= count;
        self.log.counts.given_up += count as u64;
    }

    fn queue(&mut self, notice: Notice, now: Timestamp) {
        if let Some(reason) = reach::refuses(&notice.url) {
            self.log.cannot_send(&notice.subscription, &notice.url, reason);
            return;
        }
        let struck: Vec<NotificationFault> = self
            .rules
            .iter_mut()
            .filter_map(|live| live.strikes(&notice, now).then(|| live.rule.fault.clone()))
            .collect();
        let Notice { subscription, url, expires, lifecycle, body, token } = notice;
        let due = Instant::now();
        let mut item =
            Item { subscription, url, expires, lifecycle, body, token, first: now, due, held: false, attempts: 0 };
        let mut manner = Manner::default();
        struck.iter().for_each(|fault| fault.apply(&mut item, &mut manner));
        let endpoint = self.endpoints.entry(item.url.clone()).or_default();
        let pace = endpoint.pace(now);
        if pace == Pace::Slow {
            item.due += SLOW;
        }
        let copies = 1 + usize::from(manner.twice);
        if manner.lost || pace == Pace::Dropped || self.waiting + copies > WAITING {
            self.log.counts.dropped += 1;
            return;
        }
        self.waiting += copies;
        if manner.twice {
            endpoint.push(item.clone());
        }
        endpoint.push(item);
    }
}

impl Inner {
    /// Takes what is to be sent now.
    fn next(&self) -> Next {
        let (now, moment) = (Instant::now(), self.clock.now());
        let mut state = lock(&self.state);
        let state = &mut *state;
        let (late, limit) = [state.sending.late_millis, state.sending.limit_millis].map(Duration::from_millis).into();
        let (mut batches, mut until, mut given_up) = (Vec::new(), None::<Instant>, 0);
        for (url, endpoint) in &mut state.endpoints {
            if endpoint.busy {
                continue;
            }
            given_up += endpoint.retain(|item| moment < item.expires && moment.duration_since(item.first) < KEPT);
            let mut items = endpoint.take(now, state.sending.batch);
            if items.is_empty() {
                until = [until, endpoint.due()].into_iter().flatten().min();
                continue;
            }
            items.iter_mut().for_each(|item| item.attempts += 1);
            endpoint.busy = true;
            batches.push(Batch { url: url.clone(), items, late, limit });
        }
        state.give_up(given_up);
        state.log.counts.requests += batches.len() as u64;
        if given_up > 0 {
            self.changed.notify_waiters();
        }
        if !batches.is_empty() {
            return Next::Send(batches);
        }
        if state.waiting == 0 {
            state.worker = None;
            return Next::End;
        }
        Next::Wait(until)
    }

    /// Notes an answer. What was not acknowledged waits to be sent again.
    fn finish(&self, batch: Batch, status: Option<u16>, outcome: SentOutcome) {
        let (now, moment) = (Instant::now(), self.clock.now());
        let mut state = lock(&self.state);
        let state = &mut *state;
        let pause = state.sending.retry_millis;
        let endpoint = state.endpoints.entry(batch.url).or_default();
        endpoint.busy = false;
        endpoint.answered(moment, outcome == SentOutcome::Late);
        let mut gone = 0;
        for mut item in batch.items {
            state.log.note(&item, moment, status, outcome);
            if outcome == SentOutcome::Acknowledged {
                state.waiting -= 1;
                continue;
            }
            if !item.lifecycle && state.ended.contains(&item.subscription.to_ascii_lowercase()) {
                gone += 1;
                continue;
            }
            let factor = 1_u64 << (item.attempts - 1).min(20);
            item.due = now + Duration::from_millis(pause.saturating_mul(factor)).min(LONGEST_PAUSE);
            endpoint.push_again(item);
        }
        state.give_up(gone);
        if state.endpoints.values().all(|endpoint| !endpoint.busy) {
            state.ended.clear();
        }
        drop_idle(&mut state.endpoints, moment);
        self.changed.notify_waiters();
        self.wake.notify_one();
    }
}

/// Forgets endpoints for which nothing waits and that nobody remembers for being late.
fn drop_idle(endpoints: &mut BTreeMap<String, Endpoint>, now: Timestamp) {
    if endpoints.len() > 100 {
        endpoints.retain(|_, endpoint| endpoint.busy || endpoint.len() > 0 || endpoint.pace(now) != Pace::Fast);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(worker) = lock(&self.state).worker.take() {
            worker.abort();
        }
    }
}
