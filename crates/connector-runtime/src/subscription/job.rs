//! The job that makes, renews and ends the subscription of a watch.

use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::subscription::{self, NotificationResource};
use connector_sdk::{Code, Error, Properties, Request, Response, Result, Scopes};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use super::stored::Lifecycle;
use super::{SubscriptionRecord, endpoint};
use crate::connection::Connected;
use crate::host::Host;
use crate::listen::{backoff, passes_by_itself, pause_after};
use crate::operations::Operation;
use crate::run::Run;
use crate::store::{Lease, Revision};
use crate::watch::{Watch, WatchId, Watches};
use crate::workers::{Job, Next};

/// First part of the keys of the tasks.
const PREFIX: &str = "subscription/";
/// Interval at which what failed is tried again although nothing has changed.
const FAILED: Duration = Duration::from_secs(15 * 60);
/// Longest time between two looks, so that a clock that was wrong is noticed.
const LONGEST: Duration = Duration::from_secs(3600);
/// First pause after a failure that passes.
const PAUSE: Duration = Duration::from_secs(5);

/// Returns the key of the task of a watch's subscription.
pub(crate) fn task(watch: &WatchId) -> String {
    format!("{PREFIX}main/{watch}")
}

/// The job that keeps subscriptions.
pub(crate) struct SubscriptionJob;

#[async_trait]
impl Job for SubscriptionJob {
    fn prefix(&self) -> &'static str {
        PREFIX
    }

    async fn run(&self, host: &Host, lease: &Lease) -> Result<Next> {
        let id = lease.key.strip_prefix(PREFIX).and_then(|key| key.strip_prefix("main/")).and_then(WatchId::read);
        let Some(watch) = id else { return Ok(Next::Done) };
        let kept = Kept { host, watch };
        match kept.turn().await {
            Ok(next) => Ok(next),
            // Another process was faster.
            Err(error) if error.code() == Code::Conflict => Ok(Next::After(PAUSE)),
            Err(error) if passes_by_itself(&error) => {
                let pause = pause_after(&error, backoff(PAUSE, lease.attempt), lease.attempt.saturating_sub(1));
                tracing::warn!(watch = %kept.watch, %error, "a subscription will be seen to again");
                Ok(Next::Retry(pause))
            }
            Err(error) => kept.failed(&error).await,
        }
    }
}

/// The subscription of a watch at its turn.
struct Kept<'a> {
    host: &'a Host,
    watch: WatchId,
}

impl Kept<'_> {
    async fn turn(&self) -> Result<Next> {
        let vault = &self.host.0.vault;
        let found = SubscriptionRecord::load(vault, &self.watch).await?;
        let watch = Watches::of(vault).load(&self.watch).await?.map(|(_, watch)| watch);
        let wanted = watch.filter(|watch| watch.is_real_time() && watch.paused.is_none());
        let address = self.host.notification_address().await?;
        let (Some(watch), Some(base)) = (wanted, address.as_ref()) else {
            if let Some((revision, record)) = found {
                self.end(&record, revision).await?;
            }
            return Ok(Next::Done);
        };
        let connected = self.host.0.connections.connect_as(&watch.connection.name, Some(&watch.connection.id)).await?;
        let resource = self.resource(&watch, &connected)?;
        let Some((revision, record)) = found else {
            return self.make(&watch, resource, base, &connected).await;
        };
        if record.resource != resource || record.base != *base || record.connection != watch.connection {
            self.end(&record, revision).await?;
            return self.make(&watch, resource, base, &connected).await;
        }
        let Some(id) = record.id.clone() else {
            // It broke off while Graph was asked: what Graph may have made has our address.
            self.end_orphans(&record, &connected).await?;
            record.remove(vault, &self.watch, revision).await?;
            return self.make(&watch, resource, base, &connected).await;
        };
        let now = (self.host.0.now)();
        match record.told {
            Some(Lifecycle::SubscriptionRemoved) => {
                record.remove(vault, &self.watch, revision).await?;
                return self.make(&watch, resource, base, &connected).await;
            }
            Some(Lifecycle::ReauthorizationRequired) => {
                match self.send(&subscription::reauthorize(&id), &connected).await {
                    Err(error) if error.code() == Code::NotFound => {}
                    sent => drop(sent?),
                }
            }
            Some(Lifecycle::Missed) | None => {
                if let Some(wait) = record.renewal.map(|renewal| renewal.duration_since(now))
                    && record.error.is_none()
                    && wait > SignedDuration::ZERO
                {
                    return Ok(Next::After(Duration::try_from(wait).unwrap_or(LONGEST).min(LONGEST)));
                }
            }
        }
        match self.send(&subscription::renew(&id, &record.resource.resource, now), &connected).await {
            Ok(renewed) => self.keep(record, Some(revision), &renewed).await,
            // Graph has ended it, and what happened since is found by a poll.
            Err(error) if error.code() == Code::NotFound => {
                record.remove(vault, &self.watch, revision).await?;
                self.make(&watch, resource, base, &connected).await
            }
            Err(error) => Err(error),
        }
    }

    fn resource(&self, watch: &Watch, connected: &Connected) -> Result<NotificationResource> {
        let found = self.host.0.registry.trigger(&watch.trigger)?;
        let run = Run::new(watch.trigger.as_str(), watch.connection.name.as_str(), Value::Null);
        let cx = self.host.context(connected, &run, &connected.session(found.item.spec().scopes))?;
        let resource = found.item.notification_resource(watch.input.clone(), &cx)?;
        resource.ok_or_else(|| Error::invalid("/mode", "Graph does not notify of what this input watches"))
    }

    async fn make(
        &self,
        watch: &Watch,
        resource: NotificationResource,
        base: &Url,
        connected: &Connected,
    ) -> Result<Next> {
        let record = SubscriptionRecord::new(&watch.connection, resource, base)?;
        let revision = record.add(&self.host.0.vault, &self.watch, None).await?;
        let endpoint = endpoint(base, &record.token, &record.client_state)?;
        let now = (self.host.0.now)();
        let made = self.send(&subscription::subscribe(&record.resource, &endpoint, now), connected).await?;
        let next = self.keep(record, Some(revision), &made).await?;
        tracing::info!(watch = watch.name, "Graph notifies of changes");
        // What happened before it began is found by a poll.
        self.host.0.store.wake(&self.watch.task()).await?;
        self.host.0.workers.wake();
        Ok(next)
    }

    // Stores what Graph has confirmed, and says when to renew it: at half its life, earlier or later by chance, so that
    // not all are renewed at once.
    async fn keep(&self, record: SubscriptionRecord, revision: Option<Revision>, answer: &Response) -> Result<Next> {
        let now = (self.host.0.now)();
        // Some answers have no body.
        let answer: Value = answer.read().unwrap_or_default();
        let id = answer["id"].as_str().map(str::to_owned).or_else(|| record.id.clone());
        let id = id.ok_or_else(|| Error::protocol("a subscription was made, and has no id"))?;
        // Where Graph does not say when it ends, it is renewed soon.
        let ends = answer["expirationDateTime"].as_str().and_then(|ends| ends.parse().ok());
        let ends: Timestamp = ends.unwrap_or_else(|| now.saturating_add(LONGEST).unwrap_or(now));
        let half = ends.duration_since(now) / 2;
        let share = i32::from(crate::random::bytes::<1>()?[0] % 21) - 10;
        let renewal = now.saturating_add(half + half * share / 100).unwrap_or(now);
        let kept = SubscriptionRecord {
            id: Some(id),
            ends: Some(ends),
            renewal: Some(renewal),
            error: None,
            told: None,
            ..record
        };
        kept.store(&self.host.0.vault, &self.watch, revision).await?;
        let wait = Duration::try_from(renewal.duration_since(now)).unwrap_or_default();
        Ok(Next::After(wait.clamp(PAUSE, LONGEST)))
    }

    // Ends a subscription at Graph, as far as it can be reached, and forgets it. One that is left over ends by itself, and
    // its notifications come to an address that nobody knows any more.
    async fn end(&self, record: &SubscriptionRecord, revision: Revision) -> Result<()> {
        let connection = &record.connection;
        let ended = match self.host.0.connections.connect_as(&connection.name, Some(&connection.id)).await {
            Ok(connected) => match &record.id {
                Some(id) => self.send(&subscription::remove(id), &connected).await.map(drop),
                None => self.end_orphans(record, &connected).await,
            },
            Err(error) => Err(error),
        };
        match ended {
            Err(error) if passes_by_itself(&error) => return Err(error),
            Err(error) if error.code() != Code::NotFound => {
                tracing::warn!(watch = %self.watch, %error, "a subscription is left to end by itself");
            }
            _ => {}
        }
        record.remove(&self.host.0.vault, &self.watch, revision).await
    }

    async fn end_orphans(&self, record: &SubscriptionRecord, connected: &Connected) -> Result<()> {
        let address = endpoint(&record.base, &record.token, &record.client_state)?.url;
        let session = connected.session(Scopes::NONE);
        let all = connected.client.run(subscription::list().all_items(), &session, &mut Vec::new()).await?;
        let orphans: Vec<String> = all
            .iter()
            .filter_map(|one| {
                let one = Properties::of(one);
                (one.text("notificationUrl")? == address).then(|| one.text("id"))?
            })
            .collect();
        for id in orphans {
            match self.send(&subscription::remove(&id), connected).await {
                Err(error) if error.code() != Code::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    async fn send(&self, request: &Request, connected: &Connected) -> Result<Response> {
        connected.client.send(request, &connected.session(Scopes::NONE)).await
    }

    // Somebody must act. The watch is polled at its interval meanwhile.
    async fn failed(&self, error: &Error) -> Result<Next> {
        tracing::warn!(watch = %self.watch, %error, "a subscription cannot be made or renewed");
        let vault = &self.host.0.vault;
        let printed = serde_json::to_value(error).map_err(|error| Error::bug(error.to_string()))?;
        if let Some((revision, record)) = SubscriptionRecord::load(vault, &self.watch).await? {
            let is_new = record.error.is_none();
            let connection = record.connection.clone();
            let failed = SubscriptionRecord { error: Some(printed.clone()), ..record };
            failed.store(vault, &self.watch, Some(revision)).await?;
            if is_new {
                let data = json!({ "watch": { "id": self.watch }, "connection": connection, "error": printed });
                self.host.0.operations.report(Operation::SubscriptionFailed, data).await;
            }
        }
        // It may wait for the next poll of a watch that is notified.
        self.host.0.store.wake(&self.watch.task()).await?;
        Ok(Next::After(FAILED))
    }
}
