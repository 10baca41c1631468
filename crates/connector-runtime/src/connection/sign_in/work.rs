//! The worker that polls for device codes.

use std::pin::pin;
use std::time::Duration;

use connector_sdk::{Code, Error, Result, Retry, SignInMethod};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::device::{self, Polled};
use super::pending::LoggedSignIn;
use super::status::expired;
use super::suspended::{Suspended, TASKS, pause};
use crate::connection::{ConnectionInfo, Connections};
use crate::host::Host;
use crate::kinds::DEVICE;
use crate::store::{Lease, Revision, owner};

/// Number of codes that one process polls for at once.
const SLOTS: usize = 16;
/// Time to live of a lease, and the interval at which it is extended.
const LEASE: Duration = Duration::from_secs(12);
const HEARTBEAT: Duration = Duration::from_secs(3);
/// Longest and shortest time between two looks for due tasks. Those of other processes are seen no later.
const LOOK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_millis(20));
/// Time after which a poll is tried again that the store, or a key that is not at hand, made impossible.
const AGAIN: Duration = Duration::from_secs(5);

/// What is next for a task.
enum Next {
    /// It is over.
    Done,
    /// It is due again after this time.
    After(Duration),
    /// The work failed; it is due again after this time.
    Retry(Duration),
}

impl Host {
    /// Polls for the device codes of suspended sign-ins, whatever process began them, until `until` is ready. Then it
    /// waits for the polls on their way, at most as long as one request may take (30 seconds).
    ///
    /// Any number of processes may do so; each code is polled for by one of them at a time. While none does, no
    /// suspended sign-in with a device code ends.
    ///
    /// # Errors
    /// `unavailable` when the system gives no random bytes. While the store fails, it is tried again.
    pub async fn work_sign_ins(&self, until: impl Future<Output = ()>) -> Result<()> {
        let connections = self.connections();
        let owner = owner()?;
        let mut until = pin!(until);
        let mut polls = FuturesUnordered::new();
        loop {
            let free = SLOTS - polls.len();
            let pause = match connections.claim_device_tasks(&owner, free).await {
                Ok((leases, pause)) => {
                    // Tasks of their own: who drops this future must not take tokens along.
                    polls.extend(leases.into_iter().map(|lease| tokio::spawn(connections.clone().work_device(lease))));
                    pause
                }
                Err(error) => {
                    tracing::warn!(%error, "the sign-ins that wait could not be looked for");
                    LOOK.0
                }
            };
            let look = tokio::time::sleep(pause);
            tokio::select! {
                () = &mut until => break,
                () = look => {}
                Some(_) = polls.next(), if !polls.is_empty() => {}
            }
        }
        while polls.next().await.is_some() {}
        Ok(())
    }
}

impl Connections {
    async fn claim_device_tasks(&self, owner: &str, free: usize) -> Result<(Vec<Lease>, Duration)> {
        if free == 0 {
            return Ok((Vec::new(), LOOK.0));
        }
        let leases = self.0.store.claim(TASKS, owner, LEASE, free).await?;
        let due = self.0.store.next_due(TASKS).await?;
        Ok((leases, due.map_or(LOOK.0, |due| due.clamp(LOOK.1, LOOK.0))))
    }

    /// Works off one task under its lease.
    async fn work_device(self, lease: Lease) {
        let _in_flight = self.0.renewals.begin();
        let next = {
            let mut work = pin!(self.poll_device(&lease));
            loop {
                tokio::select! {
                    next = &mut work => break next,
                    () = tokio::time::sleep(HEARTBEAT) => {
                        // Whoever has lost the lease finishes nonetheless: the document decides who stores.
                        if let Err(error) = self.0.store.heartbeat(&lease).await {
                            tracing::debug!(%error, "a lease was not extended");
                        }
                    }
                }
            }
        };
        let ended = match next.unwrap_or_else(|error| {
            tracing::warn!(%error, "a sign-in that waits could not be polled for");
            Next::Retry(AGAIN)
        }) {
            Next::Done => self.0.store.complete(&lease, None).await,
            Next::After(wait) => self.0.store.complete(&lease, Some(wait)).await,
            Next::Retry(wait) => self.0.store.release(&lease, wait).await,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a lease was lost meanwhile");
        }
    }

    async fn poll_device(&self, lease: &Lease) -> Result<Next> {
        let key = lease.key.strip_prefix(TASKS).unwrap_or_default();
        let Some((revision, plain)) = self.0.vault.get(DEVICE, key).await? else { return Ok(Next::Done) };
        let suspended = match Suspended::read(&plain) {
            Ok(suspended) => suspended,
            Err(error) => {
                tracing::warn!(%error, "a sign-in that waits was given up");
                self.take_device(key).await?;
                return Ok(Next::Done);
            }
        };
        let log = LoggedSignIn::new(self, suspended.by.as_ref(), &suspended.connection, suspended.exists);
        let id = suspended.id.clone();
        let polled = self.poll_suspended(key, revision, suspended, lease.attempt).await;
        let (tokens, begun) = match polled {
            Ok(Step::Next(next)) => return Ok(next),
            Ok(Step::Done(tokens, begun)) => (tokens, begun),
            // The store failed, not the sign-in.
            Err(error) if error.code() == Code::Unavailable && error.retryability() != Retry::Never => {
                return Err(error);
            }
            Err(error) => {
                if self.take_device(key).await? {
                    self.end_device(&id, log.change(async { Err(error) }).await).await;
                }
                return Ok(Next::Done);
            }
        };
        // Whoever removes the document stores the connection, and nobody else.
        if self.take_device(key).await? {
            self.end_device(&id, log.change(device::store(*begun, *tokens)).await).await;
        }
        Ok(Next::Done)
    }

    async fn poll_suspended(&self, key: &str, revision: Revision, suspended: Suspended, attempt: u32) -> Result<Step> {
        if suspended.is_over(self.now()) {
            return Err(expired(SignInMethod::DeviceCode));
        }
        let mut code = suspended.code()?;
        let begun = suspended.restore(self).await?;
        Ok(Step::Next(match device::poll(self, &begun.checked, &mut code).await? {
            Polled::Done(tokens) => return Ok(Step::Done(tokens, Box::new(begun))),
            Polled::Pending => Next::After(code.interval),
            Polled::SlowDown => {
                let slower = suspended.with_code(&code)?.print()?;
                match self.0.vault.put(DEVICE, key, Some(revision), slower.expose().as_bytes()).await {
                    // Somebody else has it now, or a rotation of keys has written it.
                    Err(error) if error.code() != Code::Conflict => return Err(error),
                    _ => Next::After(code.interval),
                }
            }
            Polled::Lost(wait) => Next::Retry(pause(code.interval, attempt).max(wait.unwrap_or_default())),
        }))
    }

    // Whether it was this process that removed the document.
    async fn take_device(&self, key: &str) -> Result<bool> {
        while let Some(revision) = self.0.vault.revision(DEVICE, key).await? {
            match self.0.vault.remove(DEVICE, key, revision).await {
                // A slower interval or a rotation of keys has written it, or somebody else has taken it.
                Err(error) if error.code() == Code::Conflict => {}
                removed => return removed.map(|()| true),
            }
        }
        Ok(false)
    }

    async fn end_device(&self, id: &str, outcome: Result<ConnectionInfo, Error>) {
        self.end_sign_in(id, &outcome).await;
    }
}

/// Result of one poll.
enum Step {
    Next(Next),
    Done(Box<graph_auth::TokenSet>, Box<super::pending::PendingSignIn>),
}
