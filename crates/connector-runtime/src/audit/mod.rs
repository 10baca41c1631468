//! What the host reports about itself: the audit log, and events for observers.
//!
//! A change is written to the log before its first request leaves, and completed when it has ended: an entry without an
//! end is a change whose outcome is unknown. What changes nothing is written within a second after it has ended, in
//! batches, which a crash may lose.

mod pending;
mod query;
mod requests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_sdk::{Code, Effect, Error, Result};

use crate::principal::{Interface, PrincipalId};
use crate::store::{AuditEnd, AuditEntry, AuditKind, Store};

use self::pending::Pending;
pub use self::query::AuditQuery;
pub(crate) use self::requests::RequestIds;

/// Retention of the entries of the audit log: 90 days.
pub(crate) const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// Something that a principal did, and how it ended. It holds no input, output, address, subject or token.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum AuditEvent<'a> {
    /// A run or a preview has ended.
    Run {
        /// Principal that called.
        principal: &'a PrincipalId,
        /// Interface through which it called.
        interface: Interface,
        /// Id of the action.
        action: &'a str,
        /// Strongest effect that the run may have.
        effect: Effect,
        /// Id of the connection.
        connection: &'a str,
        /// Whether it was a preview, which sends nothing.
        preview: bool,
        /// Error code; `None` for a success.
        code: Option<Code>,
        /// Duration.
        duration: Duration,
        /// Number of requests that were sent to Graph.
        requests: u64,
        /// Graph's ids of the first requests.
        request_ids: &'a [String],
    },
    /// The rules have refused a call. Nothing was sent.
    Refusal {
        /// Principal that called.
        principal: &'a PrincipalId,
        /// Interface through which it called.
        interface: Interface,
        /// Id of the action, where the principal reaches it.
        action: Option<&'a str>,
        /// Error code.
        code: Code,
        /// Reason within the code.
        reason: Option<&'static str>,
    },
    /// An approval was asked for, given or refused.
    Approval {
        /// Principal that asked or answered.
        principal: &'a PrincipalId,
        /// Interface through which it did.
        interface: Interface,
        /// What happened.
        kind: AuditKind,
        /// Id of the approval.
        approval: &'a str,
    },
    /// A key, a connection or an app registration was made, changed or removed, or could not be.
    Change {
        /// Principal that called.
        principal: &'a PrincipalId,
        /// Interface through which it called.
        interface: Interface,
        /// What was changed.
        kind: AuditKind,
        /// Id of the key or the connection, or name of the app registration, where there is one.
        target: Option<&'a str>,
        /// Error code; `None` for a success.
        code: Option<Code>,
    },
}

/// An observer of what principals do, such as for metrics.
///
/// It is called where the work is done, so it returns at once: it counts, or queues what it needs.
pub trait AuditObserver: Send + Sync {
    /// Called after something that a principal did.
    fn on_event(&self, event: &AuditEvent<'_>);
}

/// The host's side of the audit log.
pub(crate) struct Audit {
    store: Arc<dyn Store>,
    observers: Vec<Arc<dyn AuditObserver>>,
    pending: Arc<Pending>,
}

/// An entry that was written and has no end yet.
#[must_use]
pub(crate) struct Begun(u64);

impl Audit {
    pub(crate) fn new(store: Arc<dyn Store>, observers: Vec<Arc<dyn AuditObserver>>) -> Audit {
        Audit { pending: Arc::new(Pending::new(store.clone())), store, observers }
    }

    /// Writes an entry before what it is about begins.
    ///
    /// # Errors
    /// The store's: then it must not begin.
    pub(crate) async fn begin(&self, entry: &AuditEntry) -> Result<Begun> {
        let ids = self
            .store
            .record(std::slice::from_ref(entry))
            .await
            .map_err(|error| error.context("while the audit log was written, so nothing was done"))?;
        ids.first().copied().map(Begun).ok_or_else(|| Error::bug("the audit log gave no id to an entry"))
    }

    /// Completes an entry. What happened has happened, also where this fails: the entry then stays without an end.
    pub(crate) async fn end(&self, begun: Begun, end: &AuditEnd) {
        if let Err(error) = self.store.finish(begun.0, end).await {
            tracing::warn!(entry = begun.0, %error, "an entry of the audit log was not completed");
        }
    }

    /// Makes a change that the log has: the entry is written before, and completed after it. `target` returns the id of
    /// what was made.
    ///
    /// # Errors
    /// The change's; the store's, and then it is not made.
    pub(crate) async fn change<T>(
        &self,
        entry: AuditEntry,
        change: impl Future<Output = Result<T>>,
        target: impl FnOnce(&T) -> Option<String>,
    ) -> Result<T> {
        let began = Instant::now();
        let begun = self.begin(&entry).await?;
        let result = change.await;
        let end = AuditEnd {
            milliseconds: milliseconds(began),
            target: result.as_ref().ok().and_then(target),
            ..end_of(&result)
        };
        self.end(begun, &end).await;
        let AuditEntry { kind, principal, interface, .. } = &entry;
        let target = end.target.as_deref().or(entry.target.as_deref()).or(entry.connection.as_deref());
        self.notify(&match (kind, target) {
            (AuditKind::ApprovalGiven | AuditKind::ApprovalRefused, Some(approval)) => {
                AuditEvent::Approval { principal, interface: *interface, kind: *kind, approval }
            }
            _ => AuditEvent::Change { principal, interface: *interface, kind: *kind, target, code: end.code },
        });
        result
    }

    /// Writes an entry within a second.
    pub(crate) fn later(&self, entry: AuditEntry) {
        self.pending.add(entry);
    }

    /// Notifies the observers.
    pub(crate) fn notify(&self, event: &AuditEvent<'_>) {
        self.observers.iter().for_each(|observer| observer.on_event(event));
    }

    /// Writes what is still waiting.
    pub(crate) async fn flush(&self) {
        let _ = self.pending.flush().await;
    }
}

/// Returns the time since something began, as the log has it.
pub(crate) fn milliseconds(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Returns the end of something that had this result.
pub(crate) fn end_of<T>(result: &Result<T>) -> AuditEnd {
    let error = result.as_ref().err();
    AuditEnd {
        code: error.map(Error::code),
        reason: error.and_then(Error::reason).map(str::to_owned),
        ..AuditEnd::default()
    }
}
