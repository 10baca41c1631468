//! What a principal does, as the audit log has it, and the entries that it may read.

use std::time::Instant;

use connector_sdk::{Code, Effect, Error, Result};

use super::AuthorizedHost;
use crate::audit::{Audit, AuditEvent, RequestIds, end_of, milliseconds};
use crate::principal::{Principals, Reach};
use crate::run::Outcome;
use crate::store::{AuditEnd, AuditEntry, AuditFilter, AuditKind, AuditRecord};

/// The entries of the audit log that a principal may read.
pub struct AuthorizedAudit<'a> {
    seen: &'a AuthorizedHost,
}

impl<'a> AuthorizedAudit<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedAudit<'a> {
        AuthorizedAudit { seen }
    }

    /// Returns the latest `limit` entries that the filter lets pass, the latest first. To continue, pass the last id as
    /// `before`. A principal that may read its own entries gets those of itself and of the keys that it made.
    ///
    /// # Errors
    /// `denied` without the right; the store's.
    pub async fn page(&self, filter: AuditFilter, before: Option<u64>, limit: usize) -> Result<Vec<AuditRecord>> {
        self.seen.check_expiry()?;
        let inner = &self.seen.host.0;
        let filter = match self.seen.principal.audit() {
            Reach::All => filter,
            Reach::Own => {
                let id = &self.seen.principal.id;
                let mut own = Principals(&inner.vault).made_by(id).await?;
                own.push(id.clone());
                if let Some(wanted) = &filter.principals {
                    own.retain(|id| wanted.contains(id));
                }
                AuditFilter { principals: Some(own), ..filter }
            }
            Reach::None => {
                return Err(Error::new(Code::Denied, "this key may not read the audit log").with_reason("right"));
            }
        };
        inner.audit.flush().await;
        inner.store.entries(&filter, before, limit).await
    }
}

/// A run that is being made, as the audit log sees it.
pub(super) struct AuditedRun {
    pub(super) entry: AuditEntry,
    pub(super) effect: Effect,
    pub(super) began: Instant,
}

impl AuthorizedHost {
    /// Creates an entry of this principal.
    pub(super) fn entry(&self, kind: AuditKind) -> AuditEntry {
        AuditEntry {
            kind,
            principal: self.principal.id.clone(),
            interface: self.interface,
            action: None,
            effect: None,
            connection: None,
            target: None,
            end: None,
        }
    }

    /// Makes a change that the audit log has: the entry is written before, and completed after it. `target` returns the
    /// id of what was made.
    pub(super) async fn audited<T>(
        &self,
        entry: AuditEntry,
        change: impl Future<Output = Result<T>>,
        target: impl FnOnce(&T) -> Option<String>,
    ) -> Result<T> {
        self.audit_log().change(entry, change, target).await
    }

    /// Reports the end of a run: adds it to `begun`, or writes an entry for what changed nothing.
    pub(super) async fn audit_run(
        &self,
        run: AuditedRun,
        begun: Option<crate::audit::Begun>,
        ids: &RequestIds,
        result: &Result<Outcome>,
    ) {
        let AuditedRun { entry, effect, began } = run;
        let duration = began.elapsed();
        let mut end = AuditEnd { milliseconds: milliseconds(began), ..end_of(result) };
        if let Ok(outcome) = result {
            end.code = outcome.failed;
            end.repeated = outcome.repeated;
        }
        ids.add_to(&mut end);
        self.audit_log().notify(&AuditEvent::Run {
            principal: &entry.principal,
            interface: entry.interface,
            action: entry.action.as_deref().unwrap_or_default(),
            effect,
            connection: entry.connection.as_deref().unwrap_or_default(),
            preview: entry.kind == AuditKind::Preview,
            code: end.code,
            duration,
            requests: end.requests,
            request_ids: &end.request_ids,
        });
        match begun {
            Some(begun) => self.audit_log().end(begun, &end).await,
            None => self.audit_log().later(AuditEntry { end: Some(end), ..entry }),
        }
    }

    /// Reports what the rules refuse, and returns the result as it is. The name of an action that the principal does
    /// not reach is not kept: it is whatever a caller sent.
    pub(super) fn audit_refusal<T>(&self, action: &str, result: Result<T>) -> Result<T> {
        let is_refusal = |code| matches!(code, Code::Denied | Code::NotConfirmed | Code::UnknownAction);
        if let Err(error) = &result
            && is_refusal(error.code())
        {
            let action = self.find_action(action).is_ok().then(|| action.to_owned());
            self.audit_log().notify(&AuditEvent::Refusal {
                principal: &self.principal.id,
                interface: self.interface,
                action: action.as_deref(),
                code: error.code(),
                reason: error.reason(),
            });
            self.audit_log().later(AuditEntry { action, end: Some(end_of(&result)), ..self.entry(AuditKind::Refusal) });
        }
        result
    }

    /// Reports what was done with a temporary file. It changes nothing in Graph, and is gone within an hour.
    pub(super) fn audit_file(&self, kind: AuditKind, id: &str) {
        let entry = AuditEntry { target: Some(id.to_owned()), end: Some(AuditEnd::default()), ..self.entry(kind) };
        let AuditEntry { principal, interface, .. } = &entry;
        self.audit_log().notify(&AuditEvent::Change {
            principal,
            interface: *interface,
            kind,
            target: Some(id),
            code: None,
        });
        self.audit_log().later(entry);
    }

    pub(super) fn audit_log(&self) -> &Audit {
        &self.host.0.audit
    }
}
