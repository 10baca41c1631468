//! Approvals: a person's consent to one exact run.
//!
//! An approval belongs to one confirmation, and ends with it. The host writes the question; what a caller sent stands
//! in it as quoted text. No answer is a refusal.

mod question;

use connector_sdk::{Code, Effect, Error, Result, Retry};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confirmation::Confirmed;
use crate::kinds::APPROVAL;
use crate::principal::{ApprovalBy, ConnectionRef, Interface, PrincipalId};
use crate::seal::SealedDocuments;
use crate::store::Revision;

pub(crate) use self::question::Asked;
pub use self::question::Question;

/// State of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Nobody has answered yet.
    Waiting,
    /// Somebody has approved: the run can be made once.
    Approved,
    /// Somebody has refused: the run is never made.
    Refused,
    /// Nobody has answered in time: the run is never made.
    Expired,
}

/// Answer to an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// Principal that answered; empty for the owner.
    pub by: PrincipalId,
    /// Interface through which the answer came.
    pub via: Interface,
    /// Time of the answer.
    pub at: Timestamp,
}

/// An approval, as those see it who asked or may answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Id of the approval.
    pub id: String,
    /// Principal that asks.
    pub principal: PrincipalId,
    /// Interface through which it asks.
    pub interface: Interface,
    /// Id of the action.
    pub action: String,
    /// Connection of the run.
    pub connection: ConnectionRef,
    /// Strongest effect that the run may have.
    pub effect: Effect,
    /// Question to the person who answers.
    pub question: Question,
    /// Who may answer.
    pub answered_by: ApprovalBy,
    /// State of the approval.
    pub state: ApprovalState,
    /// Time at which it was asked for.
    pub at: Timestamp,
    /// Time until which it can be answered and used.
    pub until: Timestamp,
    /// Answer, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Principals above the one that asks.
    #[serde(skip)]
    pub(crate) above: Vec<PrincipalId>,
}

/// An approval as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredApproval {
    #[serde(flatten)]
    approval: Approval,
    above: Vec<PrincipalId>,
}

/// The approvals of a host.
pub(crate) struct Approvals<'a>(pub(crate) &'a SealedDocuments);

impl Approvals<'_> {
    /// Checks that the run of a confirmation was approved, and asks for the approval where nobody has yet, which `asked`
    /// is told.
    ///
    /// # Errors
    /// `not_confirmed` with the reason `approval_waiting`; `denied` with the reason `refused`; the store's.
    pub(crate) async fn require(
        &self,
        confirmed: &Confirmed,
        ask: impl FnOnce() -> Approval,
        asked: impl FnOnce(&str),
        now: Timestamp,
    ) -> Result<()> {
        let id = confirmed.approval();
        let approval = match self.load(&id, now).await? {
            Some((_, approval)) => approval,
            None => match self.store(&Approval { id: id.clone(), ..ask() }, None).await {
                Ok(()) => {
                    asked(&id);
                    return Err(waiting(&id));
                }
                // Another call with the same confirmation has asked at the same time.
                Err(error) if error.code() == Code::Conflict => {
                    self.load(&id, now).await?.ok_or_else(|| Error::bug("an approval was made and is gone"))?.1
                }
                Err(error) => return Err(error),
            },
        };
        match approval.state {
            ApprovalState::Approved => Ok(()),
            ApprovalState::Waiting => Err(waiting(&id)),
            ApprovalState::Refused => Err(Error::new(Code::Denied, "a person has refused this run")
                .with_reason("refused")
                .with_hint("Do not ask again for the same; talk to whoever refused it.")),
            ApprovalState::Expired => Err(Error::new(Code::NotConfirmed, "nobody has approved this run in time")
                .with_reason("expired")
                .with_hint("Preview again, and ask somebody who may approve to answer within ten minutes.")),
        }
    }

    /// Returns an approval as it is at this time, with its revision.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn load(&self, id: &str, now: Timestamp) -> Result<Option<(Revision, Approval)>> {
        let Some((revision, plain)) = self.0.get(APPROVAL, &format!("main/{id}")).await? else { return Ok(None) };
        Ok(Some((revision, Approval::read(&plain, now)?)))
    }

    /// Returns all approvals that are kept, as they are at this time. One that cannot be read is left out: nobody can
    /// answer it.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn all(&self, now: Timestamp) -> Result<Vec<Approval>> {
        let all = self.0.list(APPROVAL, "main/", None, usize::MAX).await?;
        Ok(all.into_iter().filter_map(|(_, _, plain)| Approval::read(&plain.ok()?, now).ok()).collect())
    }

    /// Stores the answer to an approval that is waiting.
    ///
    /// # Errors
    /// `conflict` when it was answered before, or has expired; the store's.
    pub(crate) async fn answer(
        &self,
        (revision, approval): (Revision, Approval),
        approve: bool,
        answer: Answer,
    ) -> Result<Approval> {
        let over = |what: &str, reason| {
            Error::new(Code::Conflict, format!("this approval {what}"))
                .with_reason(reason)
                .with_hint("Look at it again.")
        };
        match approval.state {
            ApprovalState::Waiting => {}
            ApprovalState::Expired => return Err(over("has expired", "expired")),
            ApprovalState::Approved | ApprovalState::Refused => return Err(over("was answered before", "answered")),
        }
        let state = if approve { ApprovalState::Approved } else { ApprovalState::Refused };
        let approval = Approval { state, answer: Some(answer), ..approval };
        match self.store(&approval, Some(revision)).await {
            Ok(()) => Ok(approval),
            Err(error) if error.code() == Code::Conflict => Err(over("was answered meanwhile", "answered")),
            Err(error) => Err(error),
        }
    }

    async fn store(&self, approval: &Approval, expected: Option<Revision>) -> Result<()> {
        let stored = StoredApproval { approval: approval.clone(), above: approval.above.clone() };
        let text = serde_json::to_vec(&stored).map_err(|error| Error::bug(error.to_string()))?;
        self.0.put(APPROVAL, &format!("main/{}", approval.id), expected, &text).await.map(|_| ())
    }
}

impl Approval {
    fn read(plain: &[u8], now: Timestamp) -> Result<Approval> {
        let StoredApproval { mut approval, above } = serde_json::from_slice(plain).map_err(|_| {
            Error::new(Code::Unavailable, "a stored approval cannot be read")
                .retry(Retry::Never)
                .with_hint("It may be written by a newer version. Preview the run again.")
        })?;
        approval.above = above;
        // What was approved and not used in time is over as well.
        if approval.until <= now && matches!(approval.state, ApprovalState::Waiting | ApprovalState::Approved) {
            approval.state = ApprovalState::Expired;
        }
        Ok(approval)
    }
}

/// Creates the error for an approval that does not exist, or must not be seen.
pub(crate) fn no_such(id: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no approval with the id `{}`", id.escape_debug()))
        .with_hint("An approval is kept for ten minutes; list those that wait.")
}

fn waiting(id: &str) -> Error {
    Error::new(Code::NotConfirmed, format!("this run waits for a person's approval (approval {id})"))
        .with_reason("approval_waiting")
        .retry(Retry::Later)
        .with_hint("When somebody has approved it, make the same call with the same confirmation.")
}
