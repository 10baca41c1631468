//! Listeners: triggers that are polled.
//!
//! One poll reads one page; its events and the new cursor are committed together, and only then are
//! the events delivered. After a crash the next listener continues from the committed cursor and delivers
//! what was not acknowledged: at least once, each event with the same id.

mod gap;
mod pace;
mod source;
mod stored;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{AnyTrigger, Code, Error, Json, Result, Retry, take_interval};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::connection::Connected;
use crate::host::Host;
use crate::run::Run;
use crate::store::{Hold, NewEvent, Revision, StoredEvent};

pub use gap::Gap;
use pace::{Looked, NextPoll, PollPace};
use stored::StoredCursor;

/// Time by which the lock of a listener outlives it, where others cannot see that its process is gone.
const LOCK: Duration = Duration::from_secs(30);
/// Interval at which a waiting listener checks whether it was taken over.
const PAUSE: Duration = Duration::from_secs(5);
/// Default polling interval, where neither the program nor the input sets one.
const USUAL_INTERVAL: Duration = Duration::from_secs(60);
/// Minimum polling interval.
pub(crate) const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// Number of events that are read from the store at once.
const BATCH: usize = 100;
const CONSUMER: &str = "listener";

/// Parameters of a listener.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Id of the trigger, with its connector: `outlook.new_email`.
    pub trigger: String,
    /// Name of the connection.
    pub connection: String,
    /// Input of the trigger.
    pub input: Value,
    /// Name under which the connection's cursor is stored. Without one, the same trigger, connection and input share a
    /// cursor.
    pub name: Option<String>,
    /// Polling interval; at least a second. Without it the input's `intervalMinutes` counts, and without that a minute.
    pub interval: Option<Duration>,
}

impl Listen {
    /// Creates parameters without a cursor name, with the polling interval of the input.
    pub fn new(trigger: impl Into<String>, connection: impl Into<String>, input: Value) -> Listen {
        Listen { trigger: trigger.into(), connection: connection.into(), input, name: None, interval: None }
    }
}

/// An event that is delivered until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Identity of the event: the same event has the same id, however often it is delivered.
    pub id: String,
    /// Data of the event.
    pub data: Json,
    /// Gaps since the event before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    #[serde(skip)]
    sequence: u64,
}

/// A notice about a trigger for whoever operates it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Notice {
    /// Something may have been missed. The next event reports it too.
    Gap(Gap),
    /// The changes do not seem to end. Polling continues after a pause, which grows each time.
    Endless {
        /// Description of what was observed.
        why: String,
        /// Seconds until the next poll.
        pause_seconds: u64,
    },
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Notice::Gap(gap) => write!(f, "{gap}"),
            Notice::Endless { why, pause_seconds } => {
                write!(f, "the changes do not seem to end: {why}; the next poll is in {pause_seconds} seconds")
            }
        }
    }
}

type GapObserver = Box<dyn Fn(&Notice) + Send + Sync>;

/// A listener to a trigger. Only one listener of a name is alive at a time.
///
/// ```
/// # use std::sync::Arc;
/// # use connector_sdk::Secret;
/// # use graph_client::Endpoint;
/// # use graph_sandbox::{Holder, Sandbox};
/// use connector_runtime::{ExternalConnection, Host, Listen};
/// use serde_json::{Value, json};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> connector_sdk::Result<()> {
/// # let sandbox = Sandbox::new();
/// # let adele = Holder::User("adelev@contoso.example");
/// # let token = Secret::new(sandbox.issue_token(adele, &["Mail.ReadWrite", "Mail.Send"]));
/// # let given = ExternalConnection::with_token(Endpoint::new("https://graph.microsoft.com")?, &token, None)?;
/// # let adele = given.transport(Arc::new(sandbox.clone()));
/// # let host = Host::builder().connector(outlook_connector::connector()).connection("adele", adele).build()?;
/// let mut listener = host.listen(Listen::new("outlook.new_email", "adele", json!({}))).await?;
/// assert!(listener.try_next().await?.is_none(), "it listens from now on");
///
/// sandbox.graph().deliver("adelev@contoso.example", "inbox", json!({ "subject": "Lunch" }));
/// let event = listener.try_next().await?.unwrap();
/// assert_eq!(event.data.read::<Value>()?["subject"], "Lunch");
/// listener.ack(&event).await?;
/// listener.stop().await?;
/// # Ok(())
/// # }
/// ```
pub struct Listener {
    host: Host,
    listen: Listen,
    interval: Duration,
    // The id of the connection: another one under its name is not listened to with this one's cursor.
    id: Arc<str>,
    source: String,
    lock: Hold,
    next_look: Instant,
    failures: u32,
    pace: PollPace,
    pending: VecDeque<StoredEvent>,
    observer: Option<GapObserver>,
}

impl Host {
    /// Begins to listen.
    ///
    /// # Errors
    /// `unknown_action`, `invalid_input`, `not_connected`; `conflict` when another listener of this name
    /// is alive.
    pub async fn listen(&self, mut listen: Listen) -> Result<Listener> {
        let found = self.0.registry.trigger(&listen.trigger)?;
        found.validator.check(&listen.input)?;
        let connected = self.0.connections.connect(&listen.connection).await?;
        let wished = take_interval(&mut listen.input);
        let interval = listen.interval.or(wished).unwrap_or(USUAL_INTERVAL).max(MIN_INTERVAL);
        let source = source::of(&listen, &connected);
        let lock = Hold::take(self.0.store.clone(), lock_key(&source), LOCK).await?.ok_or_else(in_use)?;
        source::take_over(&*self.0.store, &listen, &connected, &source).await?;
        Ok(Listener {
            host: self.clone(),
            listen,
            interval,
            id: connected.id.clone(),
            source,
            lock,
            next_look: Instant::now(),
            failures: 0,
            pace: PollPace::default(),
            pending: VecDeque::new(),
            observer: None,
        })
    }
}

fn lock_key(source: &str) -> String {
    format!("listen/{source}")
}

fn in_use() -> Error {
    Error::new(Code::Conflict, "another listener with this name is alive").with_hint(
        "Stop it first, or give this one another name. After a crash the name is free again at once; where nobody can see that the \
         process is gone, within half a minute.",
    )
}

impl Listener {
    /// Sets the observer of each [`Notice`]. Without one they are warnings in the log.
    pub fn on_notice(&mut self, observer: impl Fn(&Notice) + Send + Sync + 'static) {
        self.observer = Some(Box::new(observer));
    }

    fn notice(&self, notice: &Notice) {
        match &self.observer {
            Some(observer) => observer(notice),
            None => tracing::warn!(trigger = self.listen.trigger, "{notice}"),
        }
    }

    /// Returns the oldest event that was not acknowledged; waits for one. Cancelling it loses nothing.
    ///
    /// # Errors
    /// `conflict` when another listener has taken over; what makes looking impossible, such as
    /// `not_connected`. What passes by itself is waited out.
    pub async fn next(&mut self) -> Result<Delivered> {
        loop {
            self.hold().await?;
            if let Some(event) = self.waiting().await? {
                return Ok(event);
            }
            let pause = self.next_look.saturating_duration_since(Instant::now());
            if pause > Duration::ZERO {
                tokio::time::sleep(pause.min(PAUSE)).await;
            } else {
                self.poll_with_backoff().await?;
            }
        }
    }

    /// Returns the next event as [`Listener::next`] does, but without waiting: `None` when there is none now.
    ///
    /// # Errors
    /// As [`Listener::next`]; nothing is waited out. `protocol` where the changes do not end.
    pub async fn try_next(&mut self) -> Result<Option<Delivered>> {
        self.hold().await?;
        loop {
            if let Some(event) = self.waiting().await? {
                return Ok(Some(event));
            }
            match self.poll().await? {
                NextPoll::AtItsTime => return self.waiting().await,
                NextPoll::Stuck { why, hopeless: true } => {
                    return Err(Error::protocol(format!("the changes do not end: {why}")).with_hint(
                        "Graph repeats its pages. Nothing is lost: the next poll continues from here. Try again later.",
                    ));
                }
                NextPoll::Now | NextPoll::After(_) | NextPoll::Stuck { .. } => {}
            }
        }
    }

    /// Acknowledges an event: it and those before it are not delivered again.
    ///
    /// # Errors
    /// The store's.
    pub async fn ack(&mut self, event: &Delivered) -> Result<()> {
        self.host.0.store.ack(&self.source, CONSUMER, event.sequence).await?;
        self.pending.retain(|pending| pending.sequence > event.sequence);
        Ok(())
    }

    /// Stops, so that another listener can begin at once.
    ///
    /// # Errors
    /// The store's.
    pub async fn stop(self) -> Result<()> {
        self.lock.end().await
    }

    async fn hold(&self) -> Result<()> {
        if self.lock.is_held().await? {
            return Ok(());
        }
        Err(Error::new(Code::Conflict, "another listener with this name has taken over")
            .with_hint("Nothing is lost: the trigger continues from the same cursor."))
    }

    async fn waiting(&mut self) -> Result<Option<Delivered>> {
        if self.pending.iter().all(|entry| Gap::read(entry).is_some()) {
            self.pending = self.host.0.store.read(&self.source, CONSUMER, BATCH).await?.into();
        }
        let mut gaps = Vec::new();
        for entry in &self.pending {
            match Gap::read(entry) {
                Some(gap) => gaps.push(gap),
                None => {
                    let data = Json::parse(entry.bytes.clone())?;
                    return Ok(Some(Delivered { id: entry.id.clone(), data, gaps, sequence: entry.sequence }));
                }
            }
        }
        // Nothing but gaps, each of which was noticed: the older ones must not hide the next event.
        if gaps.len() >= BATCH
            && let Some(older) = self.pending.get(BATCH / 2)
        {
            self.host.0.store.ack(&self.source, CONSUMER, older.sequence).await?;
            self.pending.clear();
        }
        Ok(None)
    }

    // What passes by itself is waited out, with longer and longer pauses, and no shorter than Graph asks.
    async fn poll_with_backoff(&mut self) -> Result<()> {
        match self.poll().await {
            Ok(next) => {
                if self.pace.is_fresh() {
                    self.failures = 0;
                }
                let pause = match next {
                    NextPoll::Now => Duration::ZERO,
                    NextPoll::AtItsTime => self.interval,
                    NextPoll::After(pause) => pause,
                    NextPoll::Stuck { why, .. } => {
                        let pause = self.pause();
                        self.failures += 1;
                        self.notice(&Notice::Endless { why, pause_seconds: pause.as_secs() });
                        pause
                    }
                };
                self.next_look = Instant::now() + pause;
                Ok(())
            }
            Err(error) if matches!(error.code(), Code::Unavailable | Code::Throttled | Code::OutcomeUnknown) => {
                let usual = self.pause();
                let pause = match error.retryability() {
                    Retry::After(after) => after.max(usual),
                    _ => usual,
                };
                self.failures += 1;
                tracing::warn!(trigger = self.listen.trigger, %error, pause_seconds = pause.as_secs(), "a poll failed and will be repeated");
                self.next_look = Instant::now() + pause;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    // How long to wait after so many failures in a row.
    fn pause(&self) -> Duration {
        self.interval.min(Duration::from_secs(5)) * 2u32.pow(self.failures.min(6))
    }

    // One look, and when the next one is due.
    async fn poll(&mut self) -> Result<NextPoll> {
        let registry = &self.host.0.registry;
        let found = registry.trigger(&self.listen.trigger)?;
        let connected = self.host.0.connections.connect(&self.listen.connection).await?;
        if connected.id != self.id {
            return Err(Error::new(
                Code::NotConnected,
                format!("the connection `{}` was replaced by another one", self.listen.connection),
            )
            .with_hint("Listen again: the trigger starts with events from now on."));
        }
        let (revision, stored) = match self.host.0.store.cursor(&self.source).await? {
            None => (None, None),
            Some((revision, bytes)) => (Some(revision), Some(StoredCursor::read(bytes)?)),
        };
        let before = stored.as_ref().and_then(|stored| stored.at);
        let cursor = stored.as_ref().map(|stored| &stored.cursor);
        let (poll, now) = poll(&self.host, found.item, &connected, &self.listen, cursor).await?;
        let lost = Gap::of(poll.lost, found.item.spec().misses, before, now);
        let gaps: Vec<Gap> = lost.into_iter().chain(Gap::of_skipped(poll.skipped, before, now)).collect();
        let events =
            poll.events.into_iter().map(|event| Ok(NewEvent::new(event.id, event.data.into_json().bytes().clone())));
        let entries = gaps
            .iter()
            .map(|gap| gap.entry(revision.map(Revision::number)))
            .chain(events)
            .collect::<Result<Vec<_>>>()?;
        let committed =
            self.host.0.store.commit(&self.source, revision, &entries, StoredCursor::write(now, &poll.cursor)).await?;
        let new = committed.added > gaps.len();
        gaps.into_iter().for_each(|gap| self.notice(&Notice::Gap(gap)));
        Ok(self.pace.after(&Looked { more: poll.more, new, empty: poll.empty, cursor: &poll.cursor }))
    }
}

async fn poll(
    host: &Host,
    trigger: &dyn AnyTrigger,
    connected: &Connected,
    listen: &Listen,
    cursor: Option<&Json>,
) -> Result<(connector_sdk::Poll<(), Json>, Timestamp)> {
    let session = Host::trigger_session(connected, trigger.spec());
    let run = Run::new(listen.trigger.as_str(), listen.connection.as_str(), Value::Null);
    let cx = host.context(connected, &run, &session)?;
    let plan = trigger.poll(listen.input.clone(), cursor, &cx)?;
    Ok((connected.client.run(plan, &session, &mut Vec::new()).await?, cx.now))
}
