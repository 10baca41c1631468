//! The state of an endpoint: whether it fails, and when it is tried again.

use std::time::Duration;

use connector_sdk::{Code, Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, AttemptError};
use super::destination::{DestinationId, DestinationState};
use super::schedule;
use crate::kinds::DESTINATION_STATUS;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// Number of failures in a row after which it is the endpoint that fails, and not its events.
pub(super) const FAILING: u32 = 5;
/// Time after which another task tries an endpoint, where the one that should has not.
pub(super) const GRACE: Duration = Duration::from_mins(2);

/// The state of an endpoint. There is no document where all is well.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EndpointStatus {
    /// Number of failures since the last success.
    pub(super) in_row: u32,
    pub(super) backing_off: Option<BackingOff>,
    /// Whether it was told that events have waited for long.
    pub(super) told_behind: bool,
}

/// An endpoint that fails. One task sends one event from time to time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackingOff {
    pub(super) until: Timestamp,
    pub(super) since: Timestamp,
    pub(super) failures: u32,
    pub(super) error: AttemptError,
    /// Task that tries it; `None`: whoever has an event.
    pub(super) tried_by: Option<String>,
}

/// The states of a host's endpoints.
pub(crate) struct Endpoints<'a>(pub(crate) &'a SealedDocuments);

/// A state with the revision of its document.
pub(crate) type Found = (Option<Revision>, EndpointStatus);

impl Endpoints<'_> {
    /// Returns the state of an endpoint.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn load(&self, id: &DestinationId) -> Result<Found> {
        Ok(match self.0.get(DESTINATION_STATUS, &key(id)).await? {
            // One that cannot be read is tried as if all were well, and written anew.
            Some((revision, plain)) => (Some(revision), serde_json::from_slice(&plain).unwrap_or_default()),
            None => (None, EndpointStatus::default()),
        })
    }

    /// Stores a state if it is still at this revision. Returns whether it was.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn store(
        &self,
        id: &DestinationId,
        expected: Option<Revision>,
        status: &EndpointStatus,
    ) -> Result<bool> {
        let text = serde_json::to_vec(status).map_err(|error| Error::bug(error.to_string()))?;
        match self.0.put(DESTINATION_STATUS, &key(id), expected, &text).await {
            Err(error) if error.code() == Code::Conflict => Ok(false),
            put => put.map(|_| true),
        }
    }

    /// Forgets what was wrong.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn clear(&self, id: &DestinationId) -> Result<()> {
        while let Some(revision) = self.0.revision(DESTINATION_STATUS, &key(id)).await? {
            match self.0.remove(DESTINATION_STATUS, &key(id), revision).await {
                Err(error) if error.code() == Code::Conflict => {}
                removed => return removed,
            }
        }
        Ok(())
    }
}

impl EndpointStatus {
    /// Returns the state as interfaces show it.
    pub(crate) fn state(&self) -> DestinationState {
        match &self.backing_off {
            Some(off) => DestinationState::BackingOff {
                until: off.until,
                since: off.since,
                failures: off.failures,
                error: off.error,
            },
            None => DestinationState::Active,
        }
    }

    /// Returns the state after a try of the endpoint, by this task, has failed, with the pause before the next one.
    pub(super) fn failed(&self, attempt: &Attempt, now: Timestamp, task: &str) -> (EndpointStatus, Duration) {
        let error = attempt.error.unwrap_or(AttemptError::Connect);
        let former = self.backing_off.as_ref();
        let failures = former.map_or(0, |off| off.failures).saturating_add(1);
        let pause = schedule::endless_pause(failures, attempt.asked, schedule::share());
        let off = BackingOff {
            until: later(now, pause),
            since: former.map_or(attempt.at, |off| off.since),
            failures,
            error,
            tried_by: Some(task.to_owned()),
        };
        (EndpointStatus { backing_off: Some(off), ..self.clone() }, pause)
    }
}

impl BackingOff {
    /// Returns how long a task has to wait; `None` when it may try the endpoint.
    pub(super) fn wait(&self, now: Timestamp, task: &str) -> Option<Duration> {
        let left = left(self.until, now);
        let is_others = self.tried_by.as_deref().is_some_and(|other| other != task);
        let wait = if is_others {
            left.map_or_else(|| left_of_grace(self.until, now), |left| Some(left + GRACE))
        } else {
            left
        };
        wait.filter(|wait| !wait.is_zero())
    }
}

// What is left of the time in which the other task may still try it.
fn left_of_grace(until: Timestamp, now: Timestamp) -> Option<Duration> {
    left(later(until, GRACE), now)
}

/// Returns the time that is left; `None` when it has passed.
pub(super) fn left(until: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(until.duration_since(now)).ok().filter(|left| !left.is_zero())
}

/// Returns the time that is so much later.
pub(super) fn later(now: Timestamp, pause: Duration) -> Timestamp {
    now.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

fn key(id: &DestinationId) -> String {
    format!("main/{id}")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn failed(at: Timestamp) -> Attempt {
        Attempt { at, milliseconds: 1, status: None, error: Some(AttemptError::Refused), asked: None }
    }

    #[test]
    fn one_task_tries_an_endpoint_and_another_takes_over() {
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let (status, pause) = EndpointStatus::default().failed(&failed(now), now, "one");
        assert!((Duration::from_secs(4)..=Duration::from_secs(6)).contains(&pause), "{pause:?}");
        let off = status.backing_off.clone().unwrap();
        assert_eq!(off.wait(now, "one"), Some(pause));
        assert_eq!(off.wait(now, "other"), Some(pause + GRACE));
        let due = later(now, pause);
        assert_eq!(off.wait(due, "one"), None);
        assert_eq!(off.wait(due, "other"), Some(GRACE));
        assert_eq!(off.wait(later(due, GRACE), "other"), None);
        let (again, pause) = status.failed(&failed(due), due, "one");
        assert!((Duration::from_secs(240)..=Duration::from_secs(360)).contains(&pause), "{pause:?}");
        let off = again.backing_off.unwrap();
        assert_eq!((off.failures, off.since), (2, now));
        assert_eq!(left(now, now), None);
        assert_eq!(left(now - SignedDuration::from_secs(1), now), None);
    }
}
