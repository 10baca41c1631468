//! The destinations that a principal manages.

use connector_sdk::{Code, Error, Issue, Result};
use serde_json::value::RawValue;

use super::AuthorizedHost;
use crate::delivery::{
    Attempt, Destination, DestinationChange, DestinationId, DestinationInfo, DestinationPause, DestinationState,
    Destinations, Endpoints, FailedDeliveries, NewDestination, NewSecret, OutgoingEvent, SigningSecrets,
    StoredDestination, attach, attach_operations, detach, send, wake_all, watches_of,
};
use crate::principal::{Access, Patterns, Reach};
use crate::seal::no_such;
use crate::store::{AuditEntry, AuditKind, Revision, Start};
use crate::watch::{Watch, Watches};

/// Maximum number of characters of the reason of a pause.
const MAX_REASON: usize = 500;

/// The destinations of a host. Whoever may see destinations sees all of them, without their secrets. One to which a watch
/// sends that the principal does not reach is changed by others.
pub struct AuthorizedDestinations<'a> {
    seen: &'a AuthorizedHost,
}

impl<'a> AuthorizedDestinations<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedDestinations<'a> {
        AuthorizedDestinations { seen }
    }

    /// Makes a destination. Its secret is returned here and never again.
    ///
    /// # Errors
    /// `denied` without the right to change destinations, and for events about the host without the right to read the
    /// whole audit log; `invalid_input`; `conflict` when the name is another destination's; the store's.
    pub async fn add(&self, new: NewDestination) -> Result<NewSecret> {
        self.check(Access::Write)?;
        let now = self.seen.now();
        let destination = Destination {
            id: DestinationId::random()?,
            name: new.name,
            owner: self.seen.principal.id.clone(),
            url: new.url,
            events: new.events,
            ordered: new.ordered,
            timeout_seconds: new.timeout_seconds,
            concurrency: new.concurrency,
            paused: None,
            created: now,
            secret_created: now,
        };
        self.judge(&destination)?;
        let stored = StoredDestination { destination, secrets: SigningSecrets::random()? };
        let secret = stored.secrets.current().clone();
        let add = async {
            Destinations::of(self.vault()).add(&stored).await?;
            attach_operations(&self.seen.host, &stored.destination).await
        };
        self.seen.audited(self.entry(AuditKind::DestinationAdded, &stored.destination), add, |()| None).await?;
        Ok(NewSecret { info: self.show(stored.destination.id.as_str()).await?, secret })
    }

    /// Lists the destinations, by name. One that cannot be read is left out, and traced.
    ///
    /// # Errors
    /// `denied` without the right to see destinations; the store's.
    pub async fn list(&self) -> Result<Vec<DestinationInfo>> {
        self.check(Access::Read)?;
        let mut all = Vec::new();
        for found in Destinations::of(self.vault()).all().await? {
            match found {
                Ok((revision, stored)) => all.push(self.info(revision, stored.destination).await?),
                Err(error) => tracing::warn!(%error, "a destination is left out of the list"),
            }
        }
        all.sort_by(|a, b| a.destination.name.cmp(&b.destination.name));
        Ok(all)
    }

    /// Returns a destination by its id or its name.
    ///
    /// # Errors
    /// `denied` without the right to see destinations; `not_found`; the store's.
    pub async fn show(&self, destination: &str) -> Result<DestinationInfo> {
        self.check(Access::Read)?;
        let (revision, stored) = Destinations::of(self.vault()).find(destination).await?;
        self.info(revision, stored.destination).await
    }

    /// Changes a destination, if it is still at `expected`, where that is given.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::add`] and [`AuthorizedDestinations::show`]; `denied` with the reason `watch` where a
    /// watch sends to it that the principal does not reach; `conflict` with the reason `changed` when it was changed
    /// meanwhile.
    pub async fn change(
        &self,
        destination: &str,
        change: DestinationChange,
        expected: Option<Revision>,
    ) -> Result<DestinationInfo> {
        let (revision, stored) = self.find(destination).await?;
        let former = &stored.destination;
        let destination = Destination {
            name: change.name.unwrap_or_else(|| former.name.clone()),
            url: change.url.unwrap_or_else(|| former.url.clone()),
            events: change.events.unwrap_or_else(|| former.events.clone()),
            ordered: change.ordered.unwrap_or(former.ordered),
            timeout_seconds: change.timeout_seconds.unwrap_or(former.timeout_seconds),
            concurrency: change.concurrency.unwrap_or(former.concurrency),
            ..former.clone()
        };
        self.judge(&destination)?;
        let url_changed = destination.url != former.url;
        let changed = StoredDestination { destination, ..stored.clone() };
        let info = self.replace(AuditKind::DestinationChanged, (revision, &stored), &changed, expected).await?;
        attach_operations(&self.seen.host, &changed.destination).await?;
        if url_changed {
            // What was wrong with the other address says nothing about this one.
            Endpoints(self.vault()).clear(&changed.destination.id).await?;
        }
        wake_all(&self.seen.host, &changed.destination.id, None).await?;
        Ok(info)
    }

    /// Replaces the secret. The one before signs for another 24 hours, besides the new one, which is returned here and
    /// never again.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::change`].
    pub async fn rotate(&self, destination: &str) -> Result<NewSecret> {
        let (revision, stored) = self.find(destination).await?;
        let now = self.seen.now();
        let destination = Destination { secret_created: now, ..stored.destination.clone() };
        let rotated = StoredDestination { destination, secrets: stored.secrets.clone().rotated(now)? };
        let secret = rotated.secrets.current().clone();
        let info = self.replace(AuditKind::DestinationSecretRotated, (revision, &stored), &rotated, None).await?;
        Ok(NewSecret { info, secret })
    }

    /// Sends an event of the type `tenon.test` once, also where the destination is paused. Nothing of the answer is kept
    /// but its status.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::change`]. An attempt that fails is no error.
    pub async fn test(&self, destination: &str) -> Result<Attempt> {
        let (_, stored) = self.find(destination).await?;
        let data = RawValue::from_string("{}".to_owned()).map_err(|error| Error::bug(error.to_string()))?;
        let event = OutgoingEvent::test(self.seen.now(), data)?;
        let test = async { Ok(send(&self.seen.host, &stored, &event, false).await) };
        self.seen.audited(self.entry(AuditKind::DestinationTested, &stored.destination), test, |_| None).await
    }

    /// Pauses a destination: its events wait until somebody resumes it. Returns it as it is then.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::change`].
    pub async fn pause(&self, destination: &str, reason: &str) -> Result<DestinationInfo> {
        let (revision, stored) = self.find(destination).await?;
        if reason.chars().count() > MAX_REASON || reason.chars().any(char::is_control) {
            return Err(Error::invalid(
                "/reason",
                format!("must be a text of at most {MAX_REASON} characters without line breaks"),
            ));
        }
        let by = self.seen.principal.id.clone();
        let paused = Some(DestinationPause { by, reason: reason.to_owned(), at: self.seen.now() });
        let destination = Destination { paused, ..stored.destination.clone() };
        let changed = StoredDestination { destination, ..stored.clone() };
        self.replace(AuditKind::DestinationPaused, (revision, &stored), &changed, None).await
    }

    /// Resumes a destination that is paused, and tries one that fails at once.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::change`].
    pub async fn resume(&self, destination: &str) -> Result<DestinationInfo> {
        let (revision, stored) = self.find(destination).await?;
        let destination = Destination { paused: None, ..stored.destination.clone() };
        let id = destination.id.clone();
        let changed = StoredDestination { destination, ..stored.clone() };
        self.replace(AuditKind::DestinationResumed, (revision, &stored), &changed, None).await?;
        Endpoints(self.vault()).clear(&id).await?;
        wake_all(&self.seen.host, &id, None).await?;
        self.show(id.as_str()).await
    }

    /// Removes a destination to which no watch sends, with its failed deliveries.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::change`]; `conflict` with the reason `in_use` where watches send to it.
    pub async fn remove(&self, destination: &str, expected: Option<Revision>) -> Result<()> {
        let (revision, stored) = self.find(destination).await?;
        check_revision(expected, revision)?;
        let (host, destination) = (&self.seen.host, &stored.destination);
        let watches = watches_of(host, &destination.id).await?;
        if !watches.is_empty() {
            let names: Vec<&str> = watches.iter().take(5).map(|watch| &*watch.name).collect();
            let message =
                format!("{} watches send to this destination, among them {}", watches.len(), names.join(", "));
            return Err(Error::new(Code::Conflict, message)
                .with_reason("in_use")
                .with_hint("Take the destination from these watches first."));
        }
        let remove = async {
            let silent = Destination { events: Patterns::default(), ..destination.clone() };
            attach_operations(host, &silent).await?;
            let failed = FailedDeliveries(self.vault());
            for (id, revision, _) in failed.list(&destination.id, None, usize::MAX).await? {
                match failed.remove(&id, revision).await {
                    // It was delivered meanwhile, or its task ends it.
                    Err(error) if error.code() == Code::Conflict => {}
                    removed => removed?,
                }
            }
            Endpoints(self.vault()).clear(&destination.id).await?;
            Destinations::of(self.vault()).remove(&stored, revision).await
        };
        self.seen.audited(self.entry(AuditKind::DestinationRemoved, destination), remove, |()| None).await?;
        host.0.deliveries.forget(&destination.id);
        Ok(())
    }

    /// Sends the events of a watch to a destination, from `start` on. Where it does so already, it goes on.
    ///
    /// # Errors
    /// `denied` without the right to see destinations and to change watches; `not_found` for a watch or a destination
    /// that does not exist or that the principal does not see; the store's.
    pub async fn attach(&self, destination: &str, watch: &str, start: Start) -> Result<()> {
        let destination = find_seen(self.seen, destination).await?;
        let host = &self.seen.host;
        let entry =
            AuditEntry { target: Some(destination.id.to_string()), ..self.seen.entry(AuditKind::DestinationAttached) };
        let attach = async {
            loop {
                let (revision, former) = self.find_watch(watch).await?;
                // A consumer from the first on, so that nothing is dropped in between; the task ends by itself where
                // the watch does not name the destination.
                host.0.log.join(&former.id.source(), &destination.id.consumer(), start).await?;
                let mut changed = former.clone();
                if !changed.destinations.iter().any(|other| other == destination.id.as_str()) {
                    changed.destinations.push(destination.id.to_string());
                    match Watches::of(self.vault()).replace(&former, revision, &changed).await {
                        Err(error) if error.code() == Code::Conflict => continue,
                        replaced => replaced.map(|_| ())?,
                    }
                }
                return attach(host, &former.id, &destination.id, start).await;
            }
        };
        self.seen.audited(entry, attach, |()| None).await
    }

    /// Ends sending the events of a watch to a destination. What has failed is still tried again.
    ///
    /// # Errors
    /// As [`AuthorizedDestinations::attach`].
    pub async fn detach(&self, destination: &str, watch: &str) -> Result<()> {
        let destination = find_seen(self.seen, destination).await?;
        let entry =
            AuditEntry { target: Some(destination.id.to_string()), ..self.seen.entry(AuditKind::DestinationDetached) };
        let ended = async {
            loop {
                let (revision, former) = self.find_watch(watch).await?;
                let mut changed = former.clone();
                changed.destinations.retain(|other| other != destination.id.as_str());
                if changed.destinations.len() != former.destinations.len() {
                    match Watches::of(self.vault()).replace(&former, revision, &changed).await {
                        Err(error) if error.code() == Code::Conflict => continue,
                        replaced => replaced.map(|_| ())?,
                    }
                }
                return detach(&self.seen.host, &former.id, &destination.id).await;
            }
        };
        self.seen.audited(entry, ended, |()| None).await
    }

    // A watch that the principal may change.
    async fn find_watch(&self, watch: &str) -> Result<(Revision, Watch)> {
        let principal = &self.seen.principal;
        if principal.watches() < Access::Write {
            return Err(Error::new(Code::Denied, "this key may not change watches").with_reason("right"));
        }
        let (revision, found) = Watches::of(self.vault()).find(watch).await?;
        if principal.reaches(&found.connection) && principal.reaches_action(&found.trigger) {
            return Ok((revision, found));
        }
        Err(no_such::<Watch>(watch))
    }

    async fn replace(
        &self,
        kind: AuditKind,
        (revision, former): (Revision, &StoredDestination),
        changed: &StoredDestination,
        expected: Option<Revision>,
    ) -> Result<DestinationInfo> {
        check_revision(expected, revision)?;
        let replace = Destinations::of(self.vault());
        let replace = replace.replace(former, revision, changed);
        self.seen.audited(self.entry(kind, &former.destination), replace, |_| None).await.map_err(|error| {
            match (error.code(), error.reason()) {
                (Code::Conflict, None) => was_changed(),
                _ => error,
            }
        })?;
        self.show(former.destination.id.as_str()).await
    }

    // What the schema says, what it cannot say, and where the address leads.
    fn judge(&self, destination: &Destination) -> Result<()> {
        let mut issues: Vec<Issue> = destination.issues();
        if let Err(error) = self.seen.host.0.deliveries.check(&destination.url) {
            issues.push(Issue::new("/url", error.message()));
        }
        if !issues.is_empty() {
            return Err(Error::issues(issues));
        }
        if destination.asks_for_operations() && self.seen.principal.audit() != Reach::All {
            let message = "events about the host are for those who may read the whole audit log";
            return Err(Error::new(Code::Denied, message).with_reason("right"));
        }
        Ok(())
    }

    async fn info(&self, revision: Revision, destination: Destination) -> Result<DestinationInfo> {
        let state = match destination.paused {
            Some(_) => DestinationState::Paused,
            None => Endpoints(self.vault()).load(&destination.id).await?.1.state(),
        };
        Ok(DestinationInfo { destination, state, revision })
    }

    // One that the principal may change.
    async fn find(&self, destination: &str) -> Result<(Revision, StoredDestination)> {
        self.check(Access::Write)?;
        let (revision, stored) = Destinations::of(self.vault()).find(destination).await?;
        let principal = &self.seen.principal;
        // Whoever changes where events go reads them.
        let watches = watches_of(&self.seen.host, &stored.destination.id).await?;
        let is_reached =
            |watch: &Watch| principal.reaches(&watch.connection) && principal.reaches_action(&watch.trigger);
        if principal.is_owner() || watches.iter().all(is_reached) {
            return Ok((revision, stored));
        }
        let error = Error::new(Code::Denied, "a watch sends to this destination that this caller does not reach");
        self.seen.audit_refusal("", Err(error.with_reason("watch")))
    }

    fn entry(&self, kind: AuditKind, destination: &Destination) -> AuditEntry {
        AuditEntry { target: Some(destination.id.to_string()), ..self.seen.entry(kind) }
    }

    fn vault(&self) -> &crate::seal::SealedDocuments {
        &self.seen.host.0.vault
    }

    fn check(&self, access: Access) -> Result<()> {
        check_access(self.seen, access)
    }
}

/// Checks that the principal has this access to destinations.
///
/// # Errors
/// `denied` with the reason `right`.
pub(super) fn check_access(seen: &AuthorizedHost, access: Access) -> Result<()> {
    seen.check_expiry()?;
    if seen.principal.destinations() >= access {
        return Ok(());
    }
    let what = if access == Access::Write { "change" } else { "see" };
    Err(Error::new(Code::Denied, format!("this key may not {what} destinations")).with_reason("right"))
}

/// Returns a destination for a principal that may see it.
///
/// # Errors
/// `denied`; `not_found`; the store's.
pub(super) async fn find_seen(seen: &AuthorizedHost, destination: &str) -> Result<Destination> {
    check_access(seen, Access::Read)?;
    let (_, stored) = Destinations::of(&seen.host.0.vault).find(destination).await?;
    Ok(stored.destination)
}

fn check_revision(expected: Option<Revision>, revision: Revision) -> Result<()> {
    if expected.is_none_or(|expected| expected == revision) { Ok(()) } else { Err(was_changed()) }
}

fn was_changed() -> Error {
    Error::new(Code::Conflict, "the destination was changed meanwhile")
        .with_reason("changed")
        .with_hint("Read it again, and decide whether to change it still.")
}
