//! The approvals that a principal sees and answers.

use connector_sdk::{Code, Error, Result};

use super::AuthorizedHost;
use crate::approval::{Answer, Approval, ApprovalState, Approvals, no_such};
use crate::confirmation::Confirmation;
use crate::principal::{ApprovalBy, Interface};
use crate::store::{AuditEntry, AuditKind, Revision};

/// The approvals that a principal sees: those that it asked for, or that keys it made asked for; and with the right
/// `approve`, those of others for the connections and actions that it reaches.
pub struct AuthorizedApprovals<'a> {
    seen: &'a AuthorizedHost,
}

impl<'a> AuthorizedApprovals<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedApprovals<'a> {
        AuthorizedApprovals { seen }
    }

    /// Lists the approvals that the principal sees, the oldest first.
    ///
    /// # Errors
    /// `denied` when the key has expired; the store's.
    pub async fn list(&self) -> Result<Vec<Approval>> {
        self.seen.check_expiry()?;
        let mut all = self.approvals().all(self.seen.now()).await?;
        all.retain(|approval| self.is_seen(approval));
        all.sort_by_key(|approval| approval.at);
        Ok(all)
    }

    /// Returns an approval.
    ///
    /// # Errors
    /// `not_found`, the same for one that does not exist and one that the principal does not see; the store's.
    pub async fn show(&self, id: &str) -> Result<Approval> {
        Ok(self.find(id).await?.1)
    }

    /// Returns the approval that belongs to a confirmation of the principal; `None` before a run has asked for it.
    ///
    /// # Errors
    /// `not_confirmed` for what is no confirmation of this principal; the store's.
    pub async fn of(&self, confirm: &Confirmation) -> Result<Option<Approval>> {
        self.seen.check_expiry()?;
        let vault = &self.seen.host.0.vault;
        let confirmed = confirm.read(vault, &self.seen.principal.id, self.seen.now()).await?;
        Ok(self.approvals().load(&confirmed.approval(), self.seen.now()).await?.map(|(_, approval)| approval))
    }

    /// Answers an approval of another principal: approves or refuses its run. Nobody answers for itself, nor for a key
    /// above it.
    ///
    /// # Errors
    /// `not_found` for one that the principal does not see; `denied` without the right to answer it, and where it was
    /// asked for under rules that accept answers of the console alone; `conflict` when it was answered or has expired.
    pub async fn answer(&self, id: &str, approve: bool) -> Result<Approval> {
        let found = self.find(id).await?;
        if !self.may_answer(&found.1) {
            return Err(not_by("this key may not answer it", "right"));
        }
        let via = self.seen.interface;
        let is_console = matches!(via, Interface::Console | Interface::CommandLine | Interface::Library);
        if via == Interface::Mcp || (found.1.answered_by == ApprovalBy::Console && !is_console) {
            return Err(not_by("it is answered in the console or on the command line", "console_only"));
        }
        self.store(found, approve).await
    }

    /// Answers an approval that the principal itself asked for, with what the person in front of its client said when
    /// the client was told to ask.
    ///
    /// # Errors
    /// As [`AuthorizedApprovals::answer`]; `denied` where the rules accept answers of the console alone.
    pub async fn answer_through_client(&self, id: &str, approve: bool) -> Result<Approval> {
        let found = self.find(id).await?;
        if found.1.principal != self.seen.principal.id {
            return Err(not_by("this key did not ask for it", "right"));
        }
        // Also by the rules of now: they may have been narrowed since it was asked for.
        if found.1.answered_by == ApprovalBy::Console || self.seen.principal.approvals() == ApprovalBy::Console {
            return Err(not_by("it is answered in the console or on the command line", "console_only"));
        }
        self.store(found, approve).await
    }

    async fn store(&self, found: (Revision, Approval), approve: bool) -> Result<Approval> {
        let (by, via, at) = (self.seen.principal.id.clone(), self.seen.interface, self.seen.now());
        let kind = if approve { AuditKind::ApprovalGiven } else { AuditKind::ApprovalRefused };
        let approval = &found.1;
        let entry = AuditEntry {
            action: Some(approval.action.clone()),
            effect: Some(approval.effect),
            connection: Some(approval.connection.id.clone()),
            target: Some(approval.id.clone()),
            ..self.seen.entry(kind)
        };
        let approvals = self.approvals();
        self.seen.audited(entry, approvals.answer(found, approve, Answer { by, via, at }), |_| None).await
    }

    fn approvals(&self) -> Approvals<'_> {
        Approvals(&self.seen.host.0.vault)
    }

    async fn find(&self, id: &str) -> Result<(Revision, Approval)> {
        self.seen.check_expiry()?;
        // What is no id is not looked up.
        let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found = if is_id { self.approvals().load(id, self.seen.now()).await? } else { None };
        found.filter(|(_, approval)| self.is_seen(approval)).ok_or_else(|| no_such(id))
    }

    fn is_seen(&self, approval: &Approval) -> bool {
        let id = &self.seen.principal.id;
        self.may_answer(approval) || approval.principal == *id || approval.above.contains(id)
    }

    fn may_answer(&self, approval: &Approval) -> bool {
        let principal = &self.seen.principal;
        let is_of_another = principal.is_owner() || !principal.descends_from(&approval.principal);
        is_of_another
            && principal.may_approve()
            && principal.reaches(&approval.connection)
            && principal.reaches_action(&approval.action)
    }
}

impl Approval {
    /// Returns whether somebody can still answer.
    pub fn is_open(&self) -> bool {
        self.state == ApprovalState::Waiting
    }
}

fn not_by(why: &str, reason: &'static str) -> Error {
    Error::new(Code::Denied, format!("the approval was not answered: {why}"))
        .with_reason(reason)
        .with_hint("Somebody with the right to approve answers it.")
}
