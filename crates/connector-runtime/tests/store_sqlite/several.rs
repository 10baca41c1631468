//! Several stores that act as one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_runtime::store::{
    AuditEnd, AuditEntry, AuditFilter, AuditLog, AuditRecord, Committed, Doc, DocumentStore, EventLog, Lag, Lease,
    Lock, NewEvent, Put, RateBudget, Revision, Share, Sqlite, Start, StoredEvent, Take, TaskQueue,
};
use connector_sdk::Result;

/// Stores of which each call uses the next one.
pub(crate) struct Several(Vec<Sqlite>, AtomicUsize);

impl Several {
    pub(crate) fn new(stores: Vec<Sqlite>) -> Several {
        Several(stores, AtomicUsize::new(0))
    }

    fn next(&self) -> &Sqlite {
        &self.0[self.1.fetch_add(1, Ordering::Relaxed) % self.0.len()]
    }
}

#[async_trait]
impl DocumentStore for Several {
    async fn get(&self, kind: &str, key: &str) -> Result<Option<Doc>> {
        self.next().get(kind, key).await
    }
    async fn revision(&self, kind: &str, key: &str) -> Result<Option<Revision>> {
        self.next().revision(kind, key).await
    }
    async fn put(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        self.next().put(kind, key, expected, bytes).await
    }
    async fn reserve(&self) -> Result<()> {
        self.next().reserve().await
    }
    async fn put_reserved(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        self.next().put_reserved(kind, key, expected, bytes).await
    }
    async fn put_all(&self, documents: Vec<Put>) -> Result<Vec<Revision>> {
        self.next().put_all(documents).await
    }
    async fn remove(&self, kind: &str, key: &str, expected: Revision) -> Result<()> {
        self.next().remove(kind, key, expected).await
    }
    async fn list(&self, kind: &str, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Doc)>> {
        self.next().list(kind, prefix, after, limit).await
    }
    async fn count(&self, kind: &str, prefix: &str) -> Result<u64> {
        self.next().count(kind, prefix).await
    }
    async fn kinds(&self, prefix: &str) -> Result<Vec<String>> {
        self.next().kinds(prefix).await
    }
    async fn lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<Option<Lock>> {
        self.next().lock(key, owner, ttl).await
    }
    async fn renew(&self, key: &str, owner: &str, ttl: Duration) -> Result<Lock> {
        self.next().renew(key, owner, ttl).await
    }
    async fn unlock(&self, key: &str, owner: &str) -> Result<bool> {
        self.next().unlock(key, owner).await
    }
}

#[async_trait]
impl TaskQueue for Several {
    async fn schedule(&self, key: &str, after: Duration, payload: Bytes) -> Result<()> {
        self.next().schedule(key, after, payload).await
    }
    async fn wake(&self, key: &str) -> Result<bool> {
        self.next().wake(key).await
    }
    async fn cancel(&self, key: &str) -> Result<bool> {
        self.next().cancel(key).await
    }
    async fn claim(&self, prefix: &str, owner: &str, ttl: Duration, limit: usize) -> Result<Vec<Lease>> {
        self.next().claim(prefix, owner, ttl, limit).await
    }
    async fn next_due(&self, prefix: &str) -> Result<Option<Duration>> {
        self.next().next_due(prefix).await
    }
    async fn heartbeat(&self, lease: &Lease) -> Result<()> {
        self.next().heartbeat(lease).await
    }
    async fn complete(&self, lease: &Lease, next: Option<Duration>) -> Result<()> {
        self.next().complete(lease, next).await
    }
    async fn release(&self, lease: &Lease, retry: Duration) -> Result<()> {
        self.next().release(lease, retry).await
    }
}

#[async_trait]
impl EventLog for Several {
    async fn commit(
        &self,
        source: &str,
        expected: Option<Revision>,
        events: &[NewEvent],
        cursor: Bytes,
    ) -> Result<Committed> {
        self.next().commit(source, expected, events, cursor).await
    }
    async fn append(&self, source: &str, events: &[NewEvent]) -> Result<usize> {
        self.next().append(source, events).await
    }
    async fn page(&self, source: &str, after: u64, limit: usize) -> Result<Vec<StoredEvent>> {
        self.next().page(source, after, limit).await
    }
    async fn join(&self, source: &str, consumer: &str, start: Start) -> Result<()> {
        self.next().join(source, consumer, start).await
    }
    async fn ack_older(&self, source: &str, consumer: &str, age: Duration) -> Result<()> {
        self.next().ack_older(source, consumer, age).await
    }
    async fn lag(&self, source: &str, consumer: &str) -> Result<Lag> {
        self.next().lag(source, consumer).await
    }
    async fn cursor(&self, source: &str) -> Result<Option<(Revision, Bytes)>> {
        self.next().cursor(source).await
    }
    async fn read(&self, source: &str, consumer: &str, limit: usize) -> Result<Vec<StoredEvent>> {
        self.next().read(source, consumer, limit).await
    }
    async fn ack(&self, source: &str, consumer: &str, up_to: u64) -> Result<()> {
        self.next().ack(source, consumer, up_to).await
    }
    async fn leave(&self, source: &str, consumer: &str) -> Result<bool> {
        self.next().leave(source, consumer).await
    }
    async fn rename(&self, source: &str, name: &str) -> Result<bool> {
        self.next().rename(source, name).await
    }
    async fn forget(&self, source: &str) -> Result<()> {
        self.next().forget(source).await
    }
}

#[async_trait]
impl RateBudget for Several {
    async fn take(&self, key: &str, n: u32, limit: u32, window: Duration) -> Result<Take> {
        self.next().take(key, n, limit, window).await
    }
    async fn lease(&self, key: &str, holder: &str, want: u32, limit: u32, ttl: Duration) -> Result<Share> {
        self.next().lease(key, holder, want, limit, ttl).await
    }
    async fn end_lease(&self, key: &str, holder: &str) -> Result<()> {
        self.next().end_lease(key, holder).await
    }
    async fn pause(&self, key: &str, time: Duration) -> Result<()> {
        self.next().pause(key, time).await
    }
}

#[async_trait]
impl AuditLog for Several {
    async fn record(&self, entries: &[AuditEntry]) -> Result<Vec<u64>> {
        self.next().record(entries).await
    }
    async fn finish(&self, id: u64, end: &AuditEnd) -> Result<()> {
        self.next().finish(id, end).await
    }
    async fn entries(&self, filter: &AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditRecord>> {
        self.next().entries(filter, before, limit).await
    }
    async fn prune(&self, age: Duration, most: u64) -> Result<u64> {
        self.next().prune(age, most).await
    }
}
