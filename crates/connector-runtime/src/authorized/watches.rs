//! The watches that a principal sees.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{AnyEvent, Code, Effect, Error, Issue, Result};
use jiff::Timestamp;
use serde_json::Value;

use super::AuthorizedHost;
use crate::listen::{Gap, Poller, PollsSeen, SINCE, StoredCursor};
use crate::principal::{Access, ConnectionRef, Rule};
use crate::run::Run;
use crate::seal::{check_name, no_such};
use crate::store::{AuditEntry, AuditKind, Revision, Start};
use crate::subscription::{SubscriptionRecord, SubscriptionState, check_address};
use crate::watch::{
    NewWatch, Pause, RETENTION, Watch, WatchChange, WatchId, WatchInfo, WatchMode, WatchState, WatchStatus, Watches,
    check_times,
};

/// The watches that a principal sees: those of the connections and triggers that it reaches.
pub struct AuthorizedWatches<'a> {
    pub(super) seen: &'a AuthorizedHost,
}

/// What a trigger would report now. Nothing was committed.
#[derive(Debug)]
#[non_exhaustive]
pub struct TriedWatch {
    /// The events.
    pub events: Vec<AnyEvent>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

impl<'a> AuthorizedWatches<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedWatches<'a> {
        AuthorizedWatches { seen }
    }

    /// Makes a watch: its trigger is polled from now on, with the rights of this principal.
    ///
    /// # Errors
    /// `denied` without the right to change watches, or where the rules do not allow it to read with the trigger;
    /// `unknown_action`, `unknown_connection`, `invalid_input`; `conflict` when the name is another watch's; the store's.
    pub async fn add(&self, new: NewWatch) -> Result<WatchInfo> {
        self.check(Access::Write)?;
        let mut issues = Vec::new();
        issues.extend(check_name::<Watch>(&new.name));
        issues.extend(check_times(new.interval_seconds, new.retention_days));
        let destinations = self.destinations(&new.destinations).await?;
        let watch = self.judged(new, issues).await?;
        let host = &self.seen.host.0;
        let add = async {
            // The events stay although nobody has fetched them yet.
            host.log.join(&watch.id.source(), RETENTION, Start::Oldest).await?;
            Watches::of(&host.vault).add(&watch).await?;
            self.schedule(&watch.id).await?;
            self.subscribe(&watch).await
        };
        self.seen.audited(self.entry(AuditKind::WatchAdded, &watch), add, |()| None).await?;
        for destination in destinations {
            self.seen.destinations().attach(&destination, watch.id.as_str(), Start::Oldest).await?;
        }
        self.show(watch.id.as_str()).await
    }

    /// Lists the watches, by name. One that cannot be read is left out, and traced.
    ///
    /// # Errors
    /// `denied` without the right to see watches; the store's.
    pub async fn list(&self) -> Result<Vec<WatchInfo>> {
        self.check(Access::Read)?;
        let mut all = Vec::new();
        for found in Watches::of(&self.seen.host.0.vault).all().await? {
            match found {
                Ok((revision, watch)) if self.is_seen(&watch) => all.push(self.info(revision, watch).await?),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a watch is left out of the list"),
            }
        }
        all.sort_by(|a, b| a.watch.name.cmp(&b.watch.name));
        Ok(all)
    }

    /// Returns a watch by its id or its name.
    ///
    /// # Errors
    /// `denied` without the right to see watches; `not_found` for one that does not exist, or that the principal does
    /// not see; the store's.
    pub async fn show(&self, watch: &str) -> Result<WatchInfo> {
        let (revision, watch) = self.find(watch, Access::Read).await?;
        self.info(revision, watch).await
    }

    /// Changes a watch, if it is still at `expected`, where that is given.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::add`] and [`AuthorizedWatches::show`]; `conflict` with the reason `changed` when it was
    /// changed meanwhile.
    pub async fn change(&self, watch: &str, change: WatchChange, expected: Option<Revision>) -> Result<WatchInfo> {
        let (revision, former) = self.find(watch, Access::Write).await?;
        let mut issues = Vec::new();
        issues.extend(change.name.as_deref().and_then(check_name::<Watch>));
        issues.extend(check_times(change.interval_seconds, change.retention_days));
        let mut watch = former.clone();
        watch.name = change.name.unwrap_or(watch.name);
        watch.interval_seconds = change.interval_seconds.or(watch.interval_seconds);
        watch.retention_days = change.retention_days.or(watch.retention_days);
        if let Some(input) = change.input {
            issues.extend(self.invalid(&watch.trigger, &input)?);
            watch.input = input;
        }
        watch.mode = change.mode.unwrap_or(watch.mode);
        if issues.is_empty() && (watch.mode != former.mode || watch.input != former.input) {
            let (trigger, connection) = (&watch.trigger, &watch.connection);
            issues.extend(self.invalid_mode(watch.mode, trigger, connection, &watch.input).await?);
        }
        if !issues.is_empty() {
            return Err(Error::issues(issues));
        }
        let wanted = match &change.destinations {
            Some(names) => Some(self.destinations(names).await?),
            None => None,
        };
        let changed = self.replace(AuditKind::WatchChanged, (revision, former), watch, expected).await?;
        match wanted {
            Some(wanted) => self.send_to(changed, &wanted).await,
            None => Ok(changed),
        }
    }

    // Sends the events of a watch to these destinations, by their ids, and to no others.
    pub(super) async fn send_to(&self, info: WatchInfo, wanted: &[String]) -> Result<WatchInfo> {
        let present = &info.watch.destinations;
        let (id, destinations) = (info.watch.id.as_str(), self.seen.destinations());
        for gone in present.iter().filter(|id| !wanted.contains(id)) {
            destinations.detach(gone, id).await?;
        }
        for new in wanted.iter().filter(|id| !present.contains(id)) {
            destinations.attach(new, id, Start::Now).await?;
        }
        self.show(id).await
    }

    // The ids of destinations that are named. All of them are looked for before anything is done.
    pub(super) async fn destinations(&self, names: &[String]) -> Result<Vec<String>> {
        let (mut ids, mut issues) = (Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            match self.seen.destinations().show(name).await {
                Ok(found) => ids.push(found.destination.id.to_string()),
                Err(error) if error.code() == Code::NotFound => {
                    issues.push(Issue::new(format!("/destinations/{at}"), error.message().to_owned()));
                }
                Err(error) => return Err(error),
            }
        }
        if issues.is_empty() { Ok(ids) } else { Err(Error::issues(issues)) }
    }

    /// Pauses a watch until somebody resumes it. Its place stays.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::change`].
    pub async fn pause(&self, watch: &str, reason: &str, expected: Option<Revision>) -> Result<WatchInfo> {
        let (revision, former) = self.find(watch, Access::Write).await?;
        let (by, reason) = (self.seen.principal.id.clone(), reason.trim().chars().take(200).collect());
        let watch = Watch { paused: Some(Pause { by, reason, at: self.seen.now() }), ..former.clone() };
        let task = watch.id.task();
        let info = self.replace(AuditKind::WatchPaused, (revision, former), watch, expected).await?;
        self.seen.host.0.store.cancel(&task).await?;
        Ok(info)
    }

    /// Resumes a watch that was paused, from its place.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::change`].
    pub async fn resume(&self, watch: &str, expected: Option<Revision>) -> Result<WatchInfo> {
        let (revision, former) = self.find(watch, Access::Write).await?;
        let watch = Watch { paused: None, ..former.clone() };
        let id = watch.id.clone();
        let info = self.replace(AuditKind::WatchResumed, (revision, former), watch, expected).await?;
        self.schedule(&id).await?;
        Ok(info)
    }

    /// Lets a watch begin anew: at `since`, or as its input says. Its events and its consumers stay; what comes again is
    /// recognised by its id, as long as the store remembers it (30 days).
    ///
    /// # Errors
    /// As [`AuthorizedWatches::show`]; `invalid_input` with `since` for a trigger that cannot look back; `conflict` when
    /// the watch is polled at this moment: try again.
    pub async fn reset(&self, watch: &str, since: Option<Timestamp>) -> Result<()> {
        let (_, watch) = self.find(watch, Access::Write).await?;
        self.check_since(&watch.trigger, since)?;
        let host = &self.seen.host.0;
        let source = watch.id.source();
        let reset = async {
            let revision = host.log.cursor(&source).await?.map(|(revision, _)| revision);
            host.log.commit(&source, revision, &[], StoredCursor::reset(since)).await?;
            host.store.wake(&watch.id.task()).await
        };
        self.seen.audited(self.entry(AuditKind::WatchReset, &watch), reset, |_| None).await?;
        self.seen.host.0.workers.wake();
        Ok(())
    }

    /// Polls the trigger of a watch from `since`, and commits nothing: for whoever wants to see what its events look
    /// like. Without `since`, a trigger that can look back looks back a day.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::show`]; those of the connection and of Graph.
    pub async fn try_out(&self, watch: &str, since: Option<Timestamp>) -> Result<TriedWatch> {
        let (_, watch) = self.find(watch, Access::Read).await?;
        self.check_since(&watch.trigger, since)?;
        let day = self.seen.now() - jiff::SignedDuration::from_hours(24);
        let since = since.or_else(|| self.looks_back(&watch.trigger).then_some(day));
        let mut input = watch.input.clone();
        connector_sdk::take_interval(&mut input);
        let mut poller = Poller {
            host: self.seen.host.clone(),
            trigger: watch.trigger.clone(),
            connection: watch.connection.name.clone(),
            id: watch.connection.id.as_str().into(),
            input,
            source: watch.id.source(),
            seen: PollsSeen::default(),
        };
        let (events, gaps) = poller.try_poll(since).await?;
        Ok(TriedWatch { events, gaps })
    }

    /// Removes a watch with its events.
    ///
    /// # Errors
    /// As [`AuthorizedWatches::change`].
    pub async fn remove(&self, watch: &str, expected: Option<Revision>) -> Result<()> {
        let (revision, watch) = self.find(watch, Access::Write).await?;
        check_revision(revision, expected)?;
        let host = &self.seen.host.0;
        let remove = async {
            // First what makes it a watch; what breaks off later leaves nothing that is polled.
            host.store.cancel(&watch.id.task()).await?;
            Watches::of(&host.vault).remove(&watch, revision).await.map_err(changed)?;
            self.subscribe(&watch).await?;
            for destination in &watch.destinations {
                host.store.cancel(&watch.id.delivery(destination)).await?;
            }
            WatchStatus::clear(&host.vault, &watch.id).await?;
            host.log.forget(&watch.id.source()).await
        };
        self.seen.audited(self.entry(AuditKind::WatchRemoved, &watch), remove, |()| None).await
    }

    pub(super) fn check(&self, access: Access) -> Result<()> {
        self.seen.check_expiry()?;
        if self.seen.principal.watches() >= access {
            return Ok(());
        }
        let what = if access == Access::Write { "change" } else { "see" };
        Err(Error::new(Code::Denied, format!("this key may not {what} watches")).with_reason("right"))
    }

    fn is_seen(&self, watch: &Watch) -> bool {
        let principal = &self.seen.principal;
        principal.reaches(&watch.connection) && principal.reaches_action(&watch.trigger)
    }

    pub(super) async fn find(&self, watch: &str, access: Access) -> Result<(Revision, Watch)> {
        self.check(access)?;
        let found = Watches::of(&self.seen.host.0.vault).find(watch).await?;
        if self.is_seen(&found.1) { Ok(found) } else { Err(no_such::<Watch>(watch)) }
    }

    async fn judged(&self, new: NewWatch, mut issues: Vec<Issue>) -> Result<Watch> {
        self.seen.trigger(&new.trigger)?;
        let connection = self.seen.connections().find(&new.connection).await?;
        let invalid = self.invalid(&new.trigger, &new.input)?;
        if invalid.is_empty() {
            issues.extend(self.invalid_mode(new.mode, &new.trigger, &connection, &new.input).await?);
        }
        issues.extend(invalid);
        if !issues.is_empty() {
            return Err(Error::issues(issues));
        }
        if self.seen.principal.rule(&new.trigger, Effect::Read) != Rule::Allow {
            return Err(super::denied_by_rule(&new.trigger, Effect::Read));
        }
        self.check_stored().await?;
        Ok(Watch {
            id: WatchId::random()?,
            name: new.name,
            owner: self.seen.principal.id.clone(),
            trigger: new.trigger,
            connection,
            input: new.input,
            interval_seconds: new.interval_seconds,
            retention_days: new.retention_days,
            destinations: Vec::new(),
            mode: new.mode,
            paused: None,
            created: self.seen.now(),
        })
    }

    // A watch outlives the call, so its principal must be one that is stored.
    async fn check_stored(&self) -> Result<()> {
        let principal = &self.seen.principal;
        let vault = &self.seen.host.0.vault;
        if principal.is_owner() || crate::principal::Principals(vault).current(&principal.id).await?.is_some() {
            return Ok(());
        }
        Err(Error::new(Code::Denied, "a caller without a stored key cannot make watches").with_reason("right"))
    }

    // What is wrong with the input of a trigger.
    pub(super) fn invalid(&self, trigger: &str, input: &Value) -> Result<Vec<Issue>> {
        match self.seen.host.0.registry.trigger(trigger)?.validator.check(input) {
            Err(error) if error.code() == Code::InvalidInput => Ok(error.at("/input").violations().to_vec()),
            checked => checked.map(|()| Vec::new()),
        }
    }

    // What is wrong with the mode, where Graph is to notify.
    async fn invalid_mode(
        &self,
        mode: WatchMode,
        trigger: &str,
        connection: &ConnectionRef,
        input: &Value,
    ) -> Result<Vec<Issue>> {
        if mode != WatchMode::RealTime {
            return Ok(Vec::new());
        }
        let host = &self.seen.host;
        let check = async {
            check_address(host).await?;
            let found = host.0.registry.trigger(trigger)?;
            let none = || Error::invalid("/mode", format!("Graph does not notify of the events of `{trigger}`"));
            if !found.item.spec().real_time {
                return Err(none());
            }
            let connected = host.0.connections.connect_as(&connection.name, Some(&connection.id)).await?;
            let run = Run::new(trigger, connection.name.as_str(), Value::Null);
            let cx = host.context(&connected, &run, &connected.session(found.item.spec().scopes))?;
            match found.item.notification_resource(input.clone(), &cx) {
                Ok(Some(_)) => Ok(()),
                Ok(None) => Err(none().with_hint("It does for another input: see the page about real time.")),
                Err(error) if error.code() == Code::InvalidInput => Err(error.at("/input")),
                Err(error) => Err(error),
            }
        };
        match check.await {
            Err(error) if error.code() == Code::InvalidInput => Ok(error.violations().to_vec()),
            checked => checked.map(|()| Vec::new()),
        }
    }

    // Has the subscription of a watch made, changed or ended.
    async fn subscribe(&self, watch: &Watch) -> Result<()> {
        match watch.is_real_time() {
            true => self.schedule_subscription(&watch.id).await,
            false => Ok(()),
        }
    }

    async fn schedule_subscription(&self, id: &WatchId) -> Result<()> {
        let host = &self.seen.host.0;
        host.store.schedule(&crate::subscription::task(id), Duration::ZERO, Bytes::new()).await?;
        host.workers.wake();
        Ok(())
    }

    fn looks_back(&self, trigger: &str) -> bool {
        let found = self.seen.host.0.registry.trigger(trigger);
        found.is_ok_and(|found| found.item.input_schema()["properties"].get(SINCE).is_some())
    }

    fn check_since(&self, trigger: &str, since: Option<Timestamp>) -> Result<()> {
        if since.is_none() || self.looks_back(trigger) {
            return Ok(());
        }
        Err(Error::invalid("/since", format!("is not possible: `{trigger}` cannot look back"))
            .with_hint("Leave `since` out: the trigger begins with what happens from now on."))
    }

    pub(super) async fn replace(
        &self,
        kind: AuditKind,
        (revision, former): (Revision, Watch),
        watch: Watch,
        expected: Option<Revision>,
    ) -> Result<WatchInfo> {
        check_revision(revision, expected)?;
        let vault = &self.seen.host.0.vault;
        let replace = async { Watches::of(vault).replace(&former, revision, &watch).await.map_err(changed) };
        let revision = self.seen.audited(self.entry(kind, &watch), replace, |_| None).await?;
        if former.is_real_time() || watch.is_real_time() {
            self.schedule_subscription(&watch.id).await?;
        }
        self.info(revision, watch).await
    }

    pub(super) async fn info(&self, revision: Revision, watch: Watch) -> Result<WatchInfo> {
        let host = &self.seen.host.0;
        let trouble = WatchStatus::load(&host.vault, &watch.id).await?;
        let state = match (&watch.paused, trouble) {
            (Some(_), _) => WatchState::Paused,
            (None, Some((_, trouble))) => WatchState::Trouble { error: trouble.error, since: trouble.since },
            (None, None) => WatchState::Active,
        };
        let cursor = host.log.cursor(&watch.id.source()).await?;
        let polled = cursor.and_then(|(_, bytes)| StoredCursor::read(bytes).ok()?.at);
        let subscription = match watch.is_real_time() && watch.paused.is_none() {
            true => {
                let found = SubscriptionRecord::load(&host.vault, &watch.id).await?;
                Some(found.map_or(SubscriptionState::Creating, |(_, record)| record.state(self.seen.now())))
            }
            false => None,
        };
        Ok(WatchInfo { watch, state, subscription, polled, revision })
    }

    async fn schedule(&self, id: &WatchId) -> Result<()> {
        self.seen.host.0.store.schedule(&id.task(), Duration::ZERO, Bytes::new()).await?;
        self.seen.host.0.workers.wake();
        Ok(())
    }

    fn entry(&self, kind: AuditKind, watch: &Watch) -> AuditEntry {
        AuditEntry {
            target: Some(watch.id.to_string()),
            action: Some(watch.trigger.clone()),
            connection: Some(watch.connection.id.clone()),
            ..self.seen.entry(kind)
        }
    }
}

fn check_revision(revision: Revision, expected: Option<Revision>) -> Result<()> {
    if expected.is_none_or(|expected| expected == revision) {
        return Ok(());
    }
    Err(changed(Error::new(Code::Conflict, "")))
}

fn changed(error: Error) -> Error {
    if error.code() != Code::Conflict || error.reason().is_some() {
        return error;
    }
    Error::new(Code::Conflict, "the watch was changed meanwhile")
        .with_reason("changed")
        .with_hint("Look at it again, and repeat the change if it is still wanted.")
}
