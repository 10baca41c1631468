//! The listener: it delivers events until they are acknowledged.

use std::collections::VecDeque;
use std::time::Duration;

use connector_sdk::{Code, Error, Json, Result, take_interval};
use tokio::time::Instant;

use super::pace::{NextPoll, backoff, passes_by_itself, pause_after};
use super::poll::{Poller, PollsSeen};
use super::{Delivered, Gap, Listen, Notice, source};
use crate::host::Host;
use crate::store::{Hold, StoredEvent};

/// Time by which the lock of a listener outlives it, where others cannot see that its process is gone.
const LOCK: Duration = Duration::from_secs(30);
/// Interval at which a waiting listener checks whether it was taken over.
const PAUSE: Duration = Duration::from_secs(5);
/// Default polling interval, where neither the program nor the input sets one.
pub(crate) const USUAL_INTERVAL: Duration = Duration::from_secs(60);
/// Minimum polling interval.
pub(crate) const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// Number of events that are read from the store at once.
const BATCH: usize = 100;
/// Name under which a listener reads from the event log.
pub(super) const CONSUMER: &str = "listener";

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
    pub(super) poller: Poller,
    interval: Duration,
    lock: Hold,
    next_look: Instant,
    failures: u32,
    pending: VecDeque<StoredEvent>,
    observer: Option<GapObserver>,
}

impl Host {
    /// Begins to listen.
    ///
    /// # Errors
    /// `unknown_action`, `unknown_connection`, `invalid_input`, `not_connected`; `conflict` when another listener of this name
    /// is alive.
    pub async fn listen(&self, mut listen: Listen) -> Result<Listener> {
        let found = self.0.registry.trigger(&listen.trigger)?;
        found.validator.check(&listen.input)?;
        let connected = self.0.connections.connect(&listen.connection).await?;
        let wished = take_interval(&mut listen.input);
        let interval = listen.interval.or(wished).unwrap_or(USUAL_INTERVAL).max(MIN_INTERVAL);
        let source = source::of(&listen, &connected);
        let lock =
            Hold::take(self.0.store.clone(), source::lock_key(&source), LOCK).await?.ok_or_else(source::in_use)?;
        source::take_over(&*self.0.store, &listen, &connected, &source).await?;
        Ok(Listener {
            poller: Poller {
                host: self.clone(),
                trigger: listen.trigger,
                connection: listen.connection,
                id: connected.id.clone(),
                input: listen.input,
                source,
                seen: PollsSeen::default(),
            },
            interval,
            lock,
            next_look: Instant::now(),
            failures: 0,
            pending: VecDeque::new(),
            observer: None,
        })
    }
}

impl Listener {
    /// Sets the observer of each [`Notice`]. Without one they are warnings in the log.
    pub fn on_notice(&mut self, observer: impl Fn(&Notice) + Send + Sync + 'static) {
        self.observer = Some(Box::new(observer));
    }

    /// Reports a notice.
    fn notice(&self, notice: &Notice) {
        match &self.observer {
            Some(observer) => observer(notice),
            None => tracing::warn!(trigger = self.poller.trigger, "{notice}"),
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

    /// Polls once, and returns when the next poll is due.
    async fn poll(&mut self) -> Result<NextPoll> {
        let polled = self.poller.poll().await?;
        polled.gaps.into_iter().for_each(|gap| self.notice(&Notice::Gap(gap)));
        Ok(polled.next)
    }

    /// Polls once. What passes by itself is waited out, with longer and longer pauses, and no shorter than Graph asks.
    async fn poll_with_backoff(&mut self) -> Result<()> {
        match self.poll().await {
            Ok(next) => {
                if self.poller.seen.is_fresh() {
                    self.failures = 0;
                }
                let pause = match next {
                    NextPoll::Now => Duration::ZERO,
                    NextPoll::AtItsTime => self.interval,
                    NextPoll::After(pause) => pause,
                    NextPoll::Stuck { why, .. } => {
                        let pause = backoff(self.interval, self.failures);
                        self.failures += 1;
                        self.notice(&Notice::Endless { why, pause_seconds: pause.as_secs() });
                        pause
                    }
                };
                self.next_look = Instant::now() + pause;
                Ok(())
            }
            Err(error) if passes_by_itself(&error) => {
                let pause = pause_after(&error, self.interval, self.failures);
                self.failures += 1;
                tracing::warn!(trigger = self.poller.trigger, %error, pause_seconds = pause.as_secs(), "a poll failed and will be repeated");
                self.next_look = Instant::now() + pause;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Acknowledges an event: it and those before it are not delivered again.
    ///
    /// # Errors
    /// The store's.
    pub async fn ack(&mut self, event: &Delivered) -> Result<()> {
        self.poller.host.0.log.ack(&self.poller.source, CONSUMER, event.sequence).await?;
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

    /// Returns the oldest stored event that was not acknowledged, with the gaps before it.
    pub(super) async fn waiting(&mut self) -> Result<Option<Delivered>> {
        if self.pending.iter().all(|entry| Gap::read(entry).is_some()) {
            self.pending = self.poller.host.0.log.read(&self.poller.source, CONSUMER, BATCH).await?.into();
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
            self.poller.host.0.log.ack(&self.poller.source, CONSUMER, older.sequence).await?;
            self.pending.clear();
        }
        Ok(None)
    }
}
