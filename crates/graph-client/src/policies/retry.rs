//! Whether a failed try is made again, and when.

use std::time::Duration;

use connector_sdk::{Code, Error, Result, Retry};
use futures_util::future::BoxFuture;
use http::StatusCode;
use tokio::time::Instant;

use crate::call::{Answer, Call};
use crate::exchange::seconds;
use crate::limits::RetryPolicy;
use crate::pipeline::{Next, Policy};
use crate::{Session, Step, ids, timer};

/// Tries again.
///
/// - A refusal (429, 503 with `Retry-After`, no connection at all) means that nothing was done, so
///   any request may be sent again.
/// - A lost answer (a broken connection, a timeout, 5xx) means that something may have been done. Only
///   a repeatable request is sent again; another one ends as `outcome_unknown`. A request's own rule
///   does not change that, not even `all_errors`: never to send twice counts more. Whoever knows that
///   sending twice is harmless says so with [`repeatable`](connector_sdk::Request::repeatable).
/// - `Retry-After` is never undercut. If it is longer than the policy's patience or the run's
///   deadline, the call fails with `throttled` at once and says when to come back.
pub(crate) struct Retrying(pub(crate) RetryPolicy);

/// What became of a try.
enum Fate {
    /// It is answered, for good or ill.
    Final,
    /// It was certainly not carried out.
    Refused(Option<Duration>),
    /// It may have been carried out.
    Lost(Option<Duration>),
}

impl Policy for Retrying {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<Answer>> {
        Box::pin(async move {
            let rule = call.request().retry;
            let most = rule.map_or(self.0.tries.max(1), |rule| rule.max.saturating_add(1));
            let all_errors = rule.is_some_and(|rule| rule.all_errors);
            let mut tries = 0;
            loop {
                tries += 1;
                call.tries += 1;
                let outcome = next.send(call).await;
                let (after, lost) = match fate(&outcome, all_errors) {
                    Fate::Final => return outcome,
                    Fate::Refused(after) => (after, false),
                    Fate::Lost(_) if !call.request().is_repeatable() => {
                        return Err(unknown(match outcome {
                            Ok(answer) => Error::from_response(&answer.into_response()),
                            Err(error) => error,
                        }));
                    }
                    Fate::Lost(after) => (after, true),
                };
                if tries >= most {
                    return end(outcome);
                }
                let wait = match (rule, after.filter(|after| !after.is_zero())) {
                    (Some(rule), after) => own_wait(&rule, tries).max(after.unwrap_or_default()),
                    (None, Some(after)) => after,
                    (None, None) => backoff(&self.0, tries),
                };
                if wait > self.0.patience && after.is_some_and(|after| after > self.0.patience) || is_too_late(call.session(), wait) {
                    return too_long(outcome, wait);
                }
                let why = match (&outcome, lost) {
                    (Ok(_), false) => "Graph asked to wait",
                    (Err(_), false) => "no connection could be made",
                    (_, true) => "an answer was lost",
                };
                call.session().progress.step(Step::Waiting { time: wait, why });
                timer::pause(wait).await;
            }
        })
    }
}

fn fate(outcome: &Result<Answer>, all_errors: bool) -> Fate {
    match outcome {
        Ok(answer) => match (answer.status.as_u16(), answer.retry_after) {
            (429, after) => Fate::Refused(after),
            // 509: the bandwidth limit, which Graph documents as another way to ask for a pause.
            (503 | 509, Some(after)) => Fate::Refused(Some(after)),
            (408 | 500 | 502 | 503 | 504, after) => Fate::Lost(after),
            (401, _) => Fate::Final,
            (400..=599, after) if all_errors => Fate::Refused(after),
            _ => Fate::Final,
        },
        Err(error) => match error.code() {
            Code::Unavailable => Fate::Refused(match error.when_to_retry() {
                Retry::After(after) => Some(after),
                _ => None,
            }),
            Code::OutcomeUnknown => Fate::Lost(None),
            _ => Fate::Final,
        },
    }
}

fn own_wait(rule: &connector_sdk::RetryRule, tries: u32) -> Duration {
    let factor = if rule.exponential { 2_u32.saturating_pow(tries.saturating_sub(1)) } else { 1 };
    rule.delay.saturating_mul(factor)
}

/// A random wait before the try after `tries`: "full jitter", so that many callers that failed together
/// do not come back together.
pub(crate) fn backoff(policy: &RetryPolicy, tries: u32) -> Duration {
    let most = policy.base.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(policy.cap);
    most.mul_f64(ids::fraction())
}

/// Whether the run would be over before the wait is.
pub(crate) fn is_too_late(session: &Session, wait: Duration) -> bool {
    session.deadline.is_some_and(|deadline| Instant::now().checked_add(wait).is_none_or(|then| then >= deadline))
}

// The last try was as bad as the others.
fn end(outcome: Result<Answer>) -> Result<Answer> {
    outcome.map_err(|error| match error.code() {
        // It may be sent twice, so not to know what became of it is no more than a failure.
        Code::OutcomeUnknown => error.recode(Code::Unavailable).retry(Retry::Later),
        _ => error,
    })
}

fn too_long(outcome: Result<Answer>, wait: Duration) -> Result<Answer> {
    match outcome {
        Ok(answer) if answer.retry_after.is_some() || answer.status == StatusCode::TOO_MANY_REQUESTS => {
            let error = Error::from_response(&answer.into_response()).recode(Code::Throttled).retry(Retry::After(wait));
            Err(error.hint(format!("Graph asks to wait {}. Try again after that time.", seconds(wait))))
        }
        outcome => end(outcome),
    }
}

/// The honest end of a request that must not be sent twice and whose answer is lost.
pub(crate) fn unknown(cause: Error) -> Error {
    let said = cause.said().cloned();
    let error = Error::new(Code::OutcomeUnknown, format!("the request may have been carried out: {}", cause.message())).caused_by(cause);
    match said {
        Some(said) => error.upstream(said),
        None => error,
    }
}
