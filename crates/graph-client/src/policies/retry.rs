//! Policy **retry**: whether a failed attempt is repeated, and when.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Code, Error, Response, Result, Retry};
use futures_util::future::BoxFuture;
use http::header::{CONTENT_TYPE, IF_MATCH};
use http::{Method, StatusCode};
use tokio::time::Instant;

use crate::call::{Call, HttpResponse, ResponseBody};
use crate::limits::RetryPolicy;
use crate::pipeline::{Next, Policy};
use crate::send::seconds;
use crate::{ProgressEvent, Session, ids, timer};

/// Policy that repeats failed attempts.
///
/// - A refusal (429, 423, 503 with `Retry-After`, a write conflict of Exchange, no connection at all) means that nothing
///   was done, so any request may be sent again.
/// - A lost answer (a broken connection, a timeout, 5xx) means that something may have been done. Only
///   a repeatable request is sent again; another one ends as `outcome_unknown`. A request's own rule
///   does not change that, not even `all_errors`: never to send twice counts more. Whoever knows that
///   sending twice is harmless says so with [`repeatable`](connector_sdk::Request::repeatable).
/// - `Retry-After` is never undercut. If it is longer than the policy's patience or the run's
///   deadline, the call fails with `throttled` at once and says when to come back.
pub(crate) struct Retrying(pub(crate) RetryPolicy);

/// Outcome of an attempt.
enum AttemptOutcome {
    /// It has its response, whether success or failure.
    Final,
    /// It was certainly not carried out.
    Refused(Option<Duration>),
    /// It may have been carried out.
    Lost(Option<Duration>),
}

impl Policy for Retrying {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        Box::pin(async move {
            let rule = call.request().options().retry();
            let most = rule.map_or(self.0.tries.max(1), |rule| rule.max.saturating_add(1));
            let all_errors = rule.is_some_and(|rule| rule.all_errors);
            let (mut tries, mut reread) = (0, false);
            loop {
                tries += 1;
                call.tries += 1;
                let outcome = next.send(call).await;
                let fate = match fate(&outcome, all_errors) {
                    AttemptOutcome::Final if outcome.as_ref().is_ok_and(|answer| passes(call, answer)) => {
                        AttemptOutcome::Refused(None)
                    }
                    // Once more, as where it is cut short.
                    AttemptOutcome::Final if !reread && is_garbled(call, &outcome) => {
                        reread = true;
                        AttemptOutcome::Lost(None)
                    }
                    fate => fate,
                };
                let (after, lost) = match fate {
                    AttemptOutcome::Final => return outcome.and_then(|answer| settled(call, answer)),
                    AttemptOutcome::Refused(after) => (after, false),
                    AttemptOutcome::Lost(_) if !call.request().options().is_idempotent() => {
                        return Err(unknown(match outcome {
                            Ok(answer) => Error::from_response(&answer.into_response()),
                            Err(error) => error,
                        }));
                    }
                    AttemptOutcome::Lost(after) => {
                        call.lost = true;
                        (after, true)
                    }
                };
                if tries >= most {
                    return end(outcome);
                }
                let wait = match (rule, after.filter(|after| !after.is_zero())) {
                    (Some(rule), after) => own_wait(&rule, tries).max(after.unwrap_or_default()),
                    (None, Some(after)) => after,
                    (None, None) => backoff(&self.0, tries),
                };
                if wait > self.0.patience && after.is_some_and(|after| after > self.0.patience)
                    || is_too_late(call.session(), wait)
                {
                    return too_long(outcome, wait);
                }
                let why = match (&outcome, lost) {
                    (Ok(_), false) => "Graph asked to wait",
                    (Err(_), false) => "no connection could be made",
                    (_, true) => "an answer was lost",
                };
                call.session().progress.step(ProgressEvent::Waiting { time: wait, why });
                timer::pause(wait).await;
            }
        })
    }
}

fn fate(outcome: &Result<HttpResponse>, all_errors: bool) -> AttemptOutcome {
    match outcome {
        Ok(answer) => match (answer.status.as_u16(), answer.retry_after) {
            (429, after) => AttemptOutcome::Refused(after),
            // 509: the bandwidth limit, which Graph documents as another way to ask for a pause.
            (503 | 509, Some(after)) => AttemptOutcome::Refused(Some(after)),
            // Somebody else has it locked.
            (423, after) => AttemptOutcome::Refused(after),
            (status, after) if is_lost(status) => AttemptOutcome::Lost(after),
            (401, _) => AttemptOutcome::Final,
            (400..=599, after) if all_errors => AttemptOutcome::Refused(after),
            _ => AttemptOutcome::Final,
        },
        Err(error) => match error.code() {
            Code::Unavailable => match error.retryability() {
                // It stays as it is until somebody does something about it.
                Retry::Never => AttemptOutcome::Final,
                Retry::After(after) => AttemptOutcome::Refused(Some(after)),
                Retry::Later => AttemptOutcome::Refused(None),
            },
            Code::OutcomeUnknown => AttemptOutcome::Lost(None),
            _ => AttemptOutcome::Final,
        },
    }
}

/// Returns whether a status leaves the outcome of the request open. A gateway before Graph has statuses of its own, up
/// to 599; those that say for certain that nothing was done are no loss.
pub(crate) fn is_lost(status: u16) -> bool {
    match status {
        408 => true,
        501 | 505 | 507 | 508 | 510 | 511 => false,
        500..=599 => true,
        _ => false,
    }
}

/// Returns whether a deletion had been carried out by an earlier attempt whose response was lost: now nothing is found.
pub(crate) fn is_gone_already(call: &Call<'_>, status: StatusCode) -> bool {
    call.lost && deletes(call) && matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}

// Graph has an action for what goes past the recycle bin.
fn deletes(call: &Call<'_>) -> bool {
    *call.method() == Method::DELETE || call.request().template().ends_with("/permanentDelete")
}

/// Returns whether a write names a version that is not the present one any more, after an attempt whose response was
/// lost: the attempt itself may have made the present one.
pub(crate) fn may_have_changed_it(call: &Call<'_>, status: StatusCode) -> bool {
    call.lost && status == StatusCode::PRECONDITION_FAILED && call.request().headers.contains_key(IF_MATCH)
}

/// Returns whether a response is a conflict that passes: Exchange works on another change of the same item. It has
/// changed nothing, and says it with the status of a version that is not the present one, whether or not a version was
/// named.
pub(crate) fn is_write_conflict(call: &Call<'_>, status: StatusCode, body: &[u8]) -> bool {
    matches!(status, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED)
        && !call.request().headers.contains_key(IF_MATCH)
        && Error::from_response(&Response::new(status.as_u16(), body.to_vec()))
            .has_upstream_code("ErrorIrresolvableConflict")
}

fn passes(call: &Call<'_>, answer: &HttpResponse) -> bool {
    matches!(&answer.body, ResponseBody::Whole(body) if is_write_conflict(call, answer.status, body))
}

// What the last response means after those that were lost.
fn settled(call: &Call<'_>, answer: HttpResponse) -> Result<HttpResponse> {
    if may_have_changed_it(call, answer.status) {
        return Err(unknown(Error::from_response(&answer.into_response())));
    }
    Ok(match is_gone_already(call, answer.status) {
        true => HttpResponse {
            status: StatusCode::NO_CONTENT,
            body: ResponseBody::Whole(Bytes::new()),
            retry_after: None,
            ..answer
        },
        false => answer,
    })
}

/// Returns whether a read was answered with malformed JSON. Readers of pages check that themselves, and ask again.
fn is_garbled(call: &Call<'_>, outcome: &Result<HttpResponse>) -> bool {
    let Ok(HttpResponse { status: StatusCode::OK, headers, body: ResponseBody::Whole(body), .. }) = outcome else {
        return false;
    };
    let reads = call.request().options().is_read_only() && !call.request().options().is_page() && call.routing.to_graph;
    let json = || {
        headers
            .get(CONTENT_TYPE)
            .is_some_and(|media| media.to_str().is_ok_and(|media| media.starts_with("application/json")))
    };
    reads && json() && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err()
}

fn own_wait(rule: &connector_sdk::RetryRule, tries: u32) -> Duration {
    let factor = if rule.exponential { 2_u32.saturating_pow(tries.saturating_sub(1)) } else { 1 };
    rule.delay.saturating_mul(factor)
}

/// Returns a random delay before the attempt after `tries`: "full jitter", so that many callers that failed together do
/// not come back together.
pub(crate) fn backoff(policy: &RetryPolicy, tries: u32) -> Duration {
    let most = policy.base.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(policy.cap);
    most.mul_f64(ids::fraction())
}

/// Returns whether the run's deadline is before the end of the wait.
pub(crate) fn is_too_late(session: &Session, wait: Duration) -> bool {
    session.deadline.is_some_and(|deadline| Instant::now().checked_add(wait).is_none_or(|then| then >= deadline))
}

// The last try was as bad as the others.
fn end(outcome: Result<HttpResponse>) -> Result<HttpResponse> {
    outcome.map_err(|error| match error.code() {
        // It may be sent twice, so not to know what became of it is no more than a failure.
        Code::OutcomeUnknown => error.with_code(Code::Unavailable).retry(Retry::Later),
        _ => error,
    })
}

fn too_long(outcome: Result<HttpResponse>, wait: Duration) -> Result<HttpResponse> {
    match outcome {
        Ok(answer) if answer.retry_after.is_some() || answer.status == StatusCode::TOO_MANY_REQUESTS => {
            let error =
                Error::from_response(&answer.into_response()).with_code(Code::Throttled).retry(Retry::After(wait));
            Err(error.with_hint(format!("Graph asks to wait {}. Try again after that time.", seconds(wait))))
        }
        outcome => end(outcome),
    }
}

/// Creates the error for a request that must not be sent twice and whose response is lost.
pub(crate) fn unknown(cause: Error) -> Error {
    let said = cause.upstream().cloned();
    let error = Error::new(Code::OutcomeUnknown, format!("the request may have been carried out: {}", cause.message()))
        .caused_by(cause);
    match said {
        Some(said) => error.with_upstream(said),
        None => error,
    }
}
