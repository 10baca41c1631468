//! The deliveries that a principal sees: those that have failed, and those that are made again.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Code, Error, Result};

use super::AuthorizedHost;
use super::destinations::{check_access, find_seen};
use crate::delivery::{
    Destinations, FailedDeliveries, FailedDelivery, FailedId, FailedRecord, Replay, Replays, Selection, no_such_failed,
};
use crate::principal::Access;
use crate::seal::no_such;
use crate::store::{AuditEntry, AuditKind, Revision};
use crate::watch::{Watch, Watches};

/// Maximum number of failed deliveries that are listed at once.
pub(crate) const MAX_FAILED: usize = 200;

/// The deliveries that a principal sees: of the watches whose connection and trigger it reaches.
pub struct AuthorizedDeliveries<'a> {
    seen: &'a AuthorizedHost,
}

impl<'a> AuthorizedDeliveries<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedDeliveries<'a> {
        AuthorizedDeliveries { seen }
    }

    /// Lists failed deliveries to a destination, by id, at most 200. To continue, pass the last id as `after`; there is
    /// more where `limit` were returned.
    ///
    /// # Errors
    /// `denied` without the right to see destinations; `not_found` for a destination that does not exist; the store's.
    pub async fn failed(
        &self,
        destination: &str,
        after: Option<&FailedId>,
        limit: usize,
    ) -> Result<Vec<FailedDelivery>> {
        let destination = find_seen(self.seen, destination).await?;
        let limit = limit.clamp(1, MAX_FAILED);
        let (mut after, mut listed) = (after.cloned(), Vec::new());
        loop {
            let page = self.store().list(&destination.id, after.as_ref(), limit).await?;
            let Some((last, ..)) = page.last() else { return Ok(listed) };
            after = Some(last.clone());
            for (id, _, record) in page {
                match record {
                    Ok(record) if self.is_seen(&record) => listed.push(record.shown()),
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, delivery = %id, "a failed delivery is left out of the list"),
                }
                if listed.len() == limit {
                    return Ok(listed);
                }
            }
        }
    }

    /// Returns a failed delivery.
    ///
    /// # Errors
    /// `denied` without the right to see destinations; `not_found` for one that does not exist, or that the principal
    /// does not see; the store's.
    pub async fn show(&self, id: &str) -> Result<FailedDelivery> {
        Ok(self.find(id, Access::Read).await?.1.shown())
    }

    /// Tries a failed delivery again at once, also one that is exhausted.
    ///
    /// # Errors
    /// As [`AuthorizedDeliveries::show`]; `denied` without the right to change destinations.
    pub async fn retry(&self, id: &str) -> Result<FailedDelivery> {
        let now = self.seen.now();
        let change = |record: FailedRecord| record.due_at(now);
        self.change(AuditKind::DeliveryRetried, id, change).await
    }

    /// Gives a failed delivery up. Where it holds up others, they go on.
    ///
    /// # Errors
    /// As [`AuthorizedDeliveries::retry`].
    pub async fn discard(&self, id: &str) -> Result<()> {
        let (revision, record) = self.find(id, Access::Write).await?;
        if record.is_holding() {
            return self.change(AuditKind::DeliveryDiscarded, id, FailedRecord::skipped).await.map(|_| ());
        }
        let id = record.failed_id();
        let store = self.store();
        let discard = store.remove(&id, revision);
        self.seen.audited(self.entry(AuditKind::DeliveryDiscarded, &id), discard, |()| None).await
    }

    /// Sends events of a watch again to one of its destinations. It goes on by itself.
    ///
    /// # Errors
    /// `denied` without the right to change destinations; `not_found` for a watch or a destination that does not exist
    /// or that the principal does not see; `invalid_input` for a selection of nothing, and where the watch does not send to
    /// the destination; the store's.
    pub async fn replay(&self, destination: &str, watch: &str, select: Selection) -> Result<Replay> {
        check_access(self.seen, Access::Write)?;
        let host = &self.seen.host;
        let (_, stored) = Destinations::of(&host.0.vault).find(destination).await?;
        let watch = self.find_watch(watch).await?;
        if let Some(issue) = select.issue() {
            return Err(Error::issues(vec![issue]));
        }
        let id = stored.destination.id;
        if !watch.destinations.iter().any(|other| other == id.as_str()) {
            return Err(Error::invalid("/destination", "is none of this watch")
                .with_hint("Give the watch this destination first."));
        }
        let entry = AuditEntry { target: Some(id.to_string()), ..self.seen.entry(AuditKind::EventsReplayed) };
        let replays = Replays(&host.0.vault);
        let begin = replays.begin(host, id, watch.id, select);
        self.seen.audited(entry, begin, |_| None).await
    }

    /// Lists the replays that are going on.
    ///
    /// # Errors
    /// `denied` without the right to see destinations; the store's.
    pub async fn replays(&self) -> Result<Vec<Replay>> {
        check_access(self.seen, Access::Read)?;
        let mut listed = Vec::new();
        for replay in Replays(&self.seen.host.0.vault).all().await? {
            if self.find_watch(replay.watch.as_str()).await.is_ok() {
                listed.push(replay);
            }
        }
        Ok(listed)
    }

    async fn change(
        &self,
        kind: AuditKind,
        id: &str,
        change: impl Fn(FailedRecord) -> FailedRecord,
    ) -> Result<FailedDelivery> {
        let (revision, record) = self.find(id, Access::Write).await?;
        let (host, failed) = (&self.seen.host, record.failed_id());
        let changed = change(record);
        let store = async {
            if !self.store().store(Some(revision), &changed).await? {
                return Err(Error::new(Code::Conflict, "this delivery was tried meanwhile")
                    .with_reason("changed")
                    .with_hint("Read it again, and decide whether to change it still."));
            }
            let task = changed.task();
            if changed.is_holding() {
                host.0.store.wake(&task).await?;
            } else {
                host.0.store.schedule(&task, Duration::ZERO, Bytes::new()).await?;
            }
            host.0.workers.wake();
            Ok(())
        };
        self.seen.audited(self.entry(kind, &failed), store, |()| None).await?;
        Ok(changed.clone().shown())
    }

    async fn find(&self, id: &str, access: Access) -> Result<(Revision, FailedRecord)> {
        check_access(self.seen, access)?;
        let found = match FailedId::read(id) {
            Some(id) => self.store().load(&id).await?,
            None => None,
        };
        found.filter(|(_, record)| self.is_seen(record)).ok_or_else(|| no_such_failed(id))
    }

    async fn find_watch(&self, watch: &str) -> Result<Watch> {
        let found = Watches::of(&self.seen.host.0.vault).find(watch).await?.1;
        let principal = &self.seen.principal;
        let is_seen = principal.watches() >= Access::Read
            && principal.reaches(&found.connection)
            && principal.reaches_action(&found.trigger);
        if is_seen { Ok(found) } else { Err(no_such::<Watch>(watch)) }
    }

    fn is_seen(&self, record: &FailedRecord) -> bool {
        let principal = &self.seen.principal;
        principal.is_owner()
            || record
                .found_with()
                .is_some_and(|(connection, trigger)| principal.reaches(connection) && principal.reaches_action(trigger))
    }

    fn entry(&self, kind: AuditKind, id: &FailedId) -> AuditEntry {
        AuditEntry { target: Some(id.to_string()), ..self.seen.entry(kind) }
    }

    fn store(&self) -> FailedDeliveries<'_> {
        FailedDeliveries(&self.seen.host.0.vault)
    }
}
