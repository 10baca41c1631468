//! Long-running operations: Graph answers at once, and says later how it went.

use std::time::Duration;

use connector_sdk::{Code, Error, Plan, Request, Response, Retry};
use http::StatusCode;
use serde_json::Value;

/// Watches an operation until it ends.
pub struct Watch {
    request: Request,
    interval: Duration,
    // A plan has no clock, so the time that it waits is what counts.
    left: Duration,
    timeout: u64,
    // What to do when it takes longer, if this run began it.
    begun_here: Option<&'static str>,
}

impl Watch {
    /// Asks `request` for its state, every `interval`, or more seldom where Graph asks for that; no longer
    /// than `timeout` in all.
    pub fn new(request: Request, interval: Duration, timeout: Duration) -> Watch {
        Watch { request, interval, left: timeout, timeout: timeout.as_secs(), begun_here: None }
    }

    /// For an operation that the same run has begun: the caller has no URL to ask again, and another run would
    /// begin another operation. `hint` says what to do when it takes longer.
    #[must_use]
    pub fn begun_here(mut self, hint: &'static str) -> Watch {
        self.begun_here = Some(hint);
        self
    }

    /// The last answer, which says that it ended well. One that failed is an error.
    pub fn look(mut self) -> Plan<Response> {
        Plan::call(self.request.clone(), move |response| match state(&response) {
            State::Ended => Plan::Done(response),
            State::Failed(error) => Plan::Fail(error),
            State::Running => {
                let asked = response.retry_after.unwrap_or_default();
                let pause = self.interval.min(self.left).max(asked);
                if self.left.is_zero() || pause > self.left {
                    let late = format!("the operation has not ended after {} seconds", self.timeout);
                    let (retry, hint) = match self.begun_here {
                        Some(hint) => (Retry::Never, hint),
                        None => {
                            let retry = if asked.is_zero() { Retry::Later } else { Retry::After(asked) };
                            (retry, "It goes on. Call again with the same URL to wait further.")
                        }
                    };
                    return Plan::Fail(Error::new(Code::Unavailable, late).retry(retry).hint(hint));
                }
                self.left -= pause;
                Plan::wait(pause, move || self.look())
            }
        })
    }
}

enum State {
    Running,
    Ended,
    Failed(Error),
}

// The words that Graph's operations use: `asyncJobStatus`, `teamsAsyncOperation`, `longRunningOperation`,
// `workbookOperation`, export jobs. A word that is not here is an end, which the caller then sees.
const RUNNING: &[&str] =
    &["notstarted", "running", "inprogress", "updating", "waiting", "deletepending", "pending", "queued", "processing", "validating"];
const FAILED: &[&str] = &["failed", "deletefailed", "cancelled", "canceled", "error", "invalid"];

fn state(response: &Response) -> State {
    let operation = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let status = text(&operation["status"]).unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&status));
    if is(FAILED) {
        let error = &operation["error"];
        let reason = [text(&error["code"]), text(&error["message"]), text(error)].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let why = Some(reason).filter(|why| !why.is_empty()).or(text(&operation["statusDescription"]));
        let why = why.unwrap_or_else(|| "no reason given".to_owned());
        return State::Failed(Error::new(Code::Rejected, format!("the operation ended as `{status}`: {why}")).undone());
    }
    // A monitor may answer 202 with `completed` in its body, never the other way round.
    let ended = is(&["completed", "succeeded"]);
    if is(RUNNING) || (response.status == StatusCode::ACCEPTED && !ended) { State::Running } else { State::Ended }
}
