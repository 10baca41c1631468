//! The job that polls a watch.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::{Code, Effect, Error, Result, take_interval};
use serde_json::json;
use tokio::time::Instant;

use super::polls::Seen;
use super::{Pause, Watch, WatchId, WatchStatus, Watches};
use crate::host::Host;
use crate::kinds::CONNECTION;
use crate::listen::{MIN_INTERVAL, NextPoll, Poller, USUAL_INTERVAL, backoff, passes_by_itself, pause_after};
use crate::operations::Operation;
use crate::principal::{Principal, PrincipalId, Principals, Rule, check_expiry};
use crate::store::{Lease, Revision};
use crate::subscription::SubscriptionRecord;
use crate::workers::{Job, Next};

/// First part of the keys of the tasks.
pub(super) const PREFIX: &str = "poll/";
/// Number of pages after which a watch that has more gives others its slot.
const PAGES: u32 = 10;
/// Interval at which a watch in trouble is polled although nothing has changed.
const TROUBLE: Duration = Duration::from_secs(15 * 60);
/// Interval of the polls of a watch of whose changes Graph notifies.
const SWEEP: Duration = Duration::from_secs(15 * 60);
/// Interval at which it is looked whether the connection of a watch in trouble has changed.
const CHECK: Duration = Duration::from_secs(15);

/// The job that polls watches.
pub(crate) struct PollJob;

#[async_trait]
impl Job for PollJob {
    fn prefix(&self) -> &'static str {
        PREFIX
    }

    async fn run(&self, host: &Host, lease: &Lease) -> Result<Next> {
        let id = lease.key.strip_prefix(PREFIX).and_then(|key| key.strip_prefix("main/")).and_then(WatchId::read);
        let Some(id) = id else { return Ok(Next::Done) };
        let Some((revision, watch)) = Watches::of(&host.0.vault).load(&id).await? else { return Ok(Next::Done) };
        if watch.paused.is_some() {
            return Ok(Next::Done);
        }
        let polled = PolledWatch { host, watch, revision, attempt: lease.attempt };
        polled.turn().await
    }
}

/// A watch at its turn.
struct PolledWatch<'a> {
    host: &'a Host,
    watch: Watch,
    revision: Revision,
    attempt: u32,
}

impl PolledWatch<'_> {
    async fn turn(self) -> Result<Next> {
        let Some(owner) = self.owner().await? else { return self.pause_for_good().await };
        let vault = &self.host.0.vault;
        let trouble = WatchStatus::load(vault, &self.watch.id).await?;
        let at = self.at().await?;
        if let Some((_, trouble)) = &trouble
            && trouble.at == at
            && self.age(trouble) < TROUBLE
        {
            return Ok(Next::After(CHECK));
        }
        let mut seen = self.host.0.polls.take(&self.watch.id);
        // A wake must not hurry the polls of one watch.
        let early = seen.began.map(|began| MIN_INTERVAL.saturating_sub(began.elapsed())).unwrap_or_default();
        if !early.is_zero() {
            self.host.0.polls.keep(&self.watch.id, seen);
            return Ok(Next::Retry(early));
        }
        seen.began = Some(Instant::now());
        let polled = match self.may_poll(&owner) {
            Ok(()) => self.poll(seen).await,
            Err(error) => Err(error),
        };
        match polled {
            Ok(next) => {
                if trouble.is_some() {
                    WatchStatus::clear(vault, &self.watch.id).await?;
                    tracing::info!(watch = self.watch.name, "the watch is polled again");
                }
                Ok(next)
            }
            // Another process has polled meanwhile.
            Err(error) if error.code() == Code::Conflict => Ok(Next::After(MIN_INTERVAL)),
            Err(error) if passes_by_itself(&error) => {
                let pause = pause_after(&error, self.interval(), self.attempt.saturating_sub(1));
                tracing::warn!(watch = self.watch.name, %error, pause_seconds = pause.as_secs(), "a poll failed and will be repeated");
                Ok(Next::Retry(pause))
            }
            Err(error) => {
                let now = (self.host.0.now)();
                let since = trouble.as_ref().map_or(now, |(_, trouble)| trouble.since);
                tracing::warn!(watch = self.watch.name, %error, "the watch is in trouble");
                let printed = serde_json::to_value(&error).map_err(|error| Error::bug(error.to_string()))?;
                let status = WatchStatus { error: printed, since, polled: now, at };
                let is_new = trouble.is_none();
                status.store(vault, &self.watch.id, trouble.map(|(revision, _)| revision)).await?;
                if is_new {
                    let watch = json!({ "id": self.watch.id, "name": self.watch.name });
                    let data = json!({ "watch": watch, "connection": self.watch.connection, "error": status.error });
                    self.host.0.operations.report(Operation::WatchTrouble, data).await;
                }
                Ok(Next::After(CHECK))
            }
        }
    }

    // Polls page after page, until there is no more or others have their turn.
    async fn poll(&self, seen: Seen) -> Result<Next> {
        let Seen { polls, began, mut stuck } = seen;
        let mut input = self.watch.input.clone();
        take_interval(&mut input);
        let mut poller = Poller {
            host: self.host.clone(),
            trigger: self.watch.trigger.clone(),
            connection: self.watch.connection.name.clone(),
            id: self.watch.connection.id.as_str().into(),
            input,
            source: self.watch.id.source(),
            seen: polls,
        };
        let mut result = Ok(Next::After(Duration::ZERO));
        for _ in 0..PAGES {
            let polled = match poller.poll().await {
                Ok(polled) => polled,
                Err(error) => {
                    result = Err(error);
                    break;
                }
            };
            for gap in &polled.gaps {
                tracing::warn!(watch = self.watch.name, "{gap}");
            }
            if polled.new + polled.gaps.len() > 0 {
                self.host.committed(&self.watch).await?;
            }
            if poller.seen.is_fresh() {
                stuck = 0;
            }
            result = match polled.next {
                NextPoll::Now => continue,
                NextPoll::AtItsTime => Ok(Next::After(self.next_interval().await?)),
                NextPoll::After(pause) => Ok(Next::After(pause)),
                NextPoll::Stuck { why, .. } => {
                    let pause = backoff(self.interval(), stuck);
                    stuck += 1;
                    tracing::warn!(watch = self.watch.name, why, "the changes do not seem to end");
                    Ok(Next::Retry(pause))
                }
            };
            break;
        }
        self.host.0.polls.keep(&self.watch.id, Seen { polls: poller.seen, began, stuck });
        result
    }

    fn interval(&self) -> Duration {
        let wished = take_interval(&mut self.watch.input.clone());
        let named = self.watch.interval_seconds.map(Duration::from_secs);
        named.or(wished).unwrap_or(USUAL_INTERVAL).max(MIN_INTERVAL)
    }

    // Where Graph notifies, polls are there for what a notification did not tell.
    async fn next_interval(&self) -> Result<Duration> {
        if !self.watch.is_real_time() {
            return Ok(self.interval());
        }
        let found = SubscriptionRecord::load(&self.host.0.vault, &self.watch.id).await?;
        let is_active = found.is_some_and(|(_, record)| record.is_active((self.host.0.now)()));
        Ok(if is_active { SWEEP.max(self.interval()) } else { self.interval() })
    }

    // The principal of the watch as it is now; `None` where its key was revoked.
    async fn owner(&self) -> Result<Option<std::sync::Arc<Principal>>> {
        if self.watch.owner.is_owner() {
            return Ok(Some(Principal::owner()));
        }
        Principals(&self.host.0.vault).current(&self.watch.owner).await
    }

    fn may_poll(&self, owner: &Principal) -> Result<()> {
        check_expiry(owner, (self.host.0.now)())?;
        let is_reached = owner.reaches(&self.watch.connection) && owner.reaches_action(&self.watch.trigger);
        if is_reached && owner.rule(&self.watch.trigger, Effect::Read) == Rule::Allow {
            return Ok(());
        }
        Err(Error::new(Code::Denied, "the key that made this watch does not reach its trigger and connection any more")
            .with_reason("rule"))
    }

    // Revisions that change when somebody has mended something.
    async fn at(&self) -> Result<(Option<u64>, u64)> {
        let connection = self.host.0.vault.revision(CONNECTION, &self.watch.connection.name).await?;
        Ok((connection.map(Revision::number), self.revision.number()))
    }

    fn age(&self, trouble: &WatchStatus) -> Duration {
        let age = (self.host.0.now)().duration_since(trouble.polled);
        // A clock that was put back makes nothing wait longer.
        Duration::try_from(age).unwrap_or(TROUBLE)
    }

    async fn pause_for_good(self) -> Result<Next> {
        let reason = "the key that made it was revoked".to_owned();
        let paused = Some(Pause { by: PrincipalId::owner(), reason, at: (self.host.0.now)() });
        tracing::warn!(watch = self.watch.name, "the watch is paused: the key that made it was revoked");
        let changed = Watch { paused, ..self.watch.clone() };
        match Watches::of(&self.host.0.vault).replace(&self.watch, self.revision, &changed).await {
            Err(error) if error.code() == Code::Conflict => Ok(Next::After(Duration::ZERO)),
            replaced => replaced.map(|_| Next::Done),
        }
    }
}
