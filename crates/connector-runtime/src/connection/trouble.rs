//! Troubles of connections: how long they last, and how they are reported.

use std::time::Duration;

use connector_sdk::{Code, Error, Result, Retry};
use graph_auth::Reason;
use jiff::{SignedDuration, Timestamp};

use super::record::{ConnectionRecord, ConnectionState, Trouble};
use super::want::Want;

/// First and longest pause after a passing fault, before the sign-in service is asked again.
const PASSING: (SignedDuration, SignedDuration) = (SignedDuration::from_secs(1), SignedDuration::from_secs(30));
/// First and longest pause after a refusal that somebody else than the user can lift.
const LIFTED: (SignedDuration, SignedDuration) = (SignedDuration::from_mins(1), SignedDuration::from_mins(15));

impl ConnectionRecord {
    /// Returns the error of the last renewal while another one would be in vain. New claims justify a new attempt.
    ///
    /// # Errors
    /// What the last renewal failed with.
    pub(super) fn refuse(&self, want: &Want) -> Result<()> {
        let (ConnectionState::Broken(trouble) | ConnectionState::Waiting(trouble)) = &self.state else { return Ok(()) };
        let is_new = want.claims.is_some() && matches!(self.state, ConnectionState::Broken(_));
        match self.trouble().filter(|_| !is_new && trouble.lasts(Timestamp::now())) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Returns the present trouble as an error, the same each time.
    pub(super) fn trouble(&self) -> Option<Error> {
        let said = self.renewal.said.as_ref();
        match &self.state {
            ConnectionState::Ready => None,
            ConnectionState::Broken(trouble) => Some(trouble.error(said)),
            ConnectionState::Waiting(trouble) => {
                let wait = trouble.until.map(|until| until.duration_since(Timestamp::now()).max(SignedDuration::ZERO));
                let retry = wait.and_then(|wait| Duration::try_from(wait).ok()).map_or(Retry::Later, Retry::After);
                Some(trouble.error(said).retry(retry))
            }
        }
    }
}

/// Returns the trouble for an error that was the last of `failures` in a row.
pub(super) fn trouble_of(error: &Error, reason: Option<Reason>, claims: Option<String>, failures: u32) -> Trouble {
    let now = Timestamp::now();
    let growing = |(first, most): (SignedDuration, SignedDuration)| {
        Some((first * (1 << failures.saturating_sub(1).min(16))).min(most))
    };
    // Where it was not the service that refused, no user is needed unless somebody must sign in.
    let may_be_lifted = || {
        reason.map_or(
            !matches!(error.code(), Code::UnknownConnection | Code::NotConnected | Code::Conflict),
            Reason::may_be_lifted,
        )
    };
    let pause = match error.retryability() {
        Retry::After(after) if !after.is_zero() => SignedDuration::try_from(after).ok(),
        _ if is_passing(error.code()) => growing(PASSING),
        _ if may_be_lifted() => growing(LIFTED),
        _ => None,
    };
    Trouble {
        reason,
        code: Some(error.code()),
        message: error.to_string(),
        hint: error.advice().to_owned(),
        since: now,
        until: pause.map(|pause| now.saturating_add(pause).unwrap_or(now)),
        claims,
    }
}

impl Trouble {
    /// Returns the state of a connection that has this trouble.
    pub(super) fn state(self) -> ConnectionState {
        match self.code.is_some_and(is_passing) {
            true => ConnectionState::Waiting(self),
            false => ConnectionState::Broken(self),
        }
    }
}

fn is_passing(code: Code) -> bool {
    matches!(code, Code::Unavailable | Code::Throttled | Code::OutcomeUnknown | Code::Protocol | Code::Bug)
}
