//! [`$batch`][1]: up to 20 requests in one message, each with its own outcome.
//!
//! A part that was refused is sent again, and only that part. A write that was carried out, or may
//! have been, is never sent again.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/json-batching

use std::time::Duration;

use connector_sdk::{Body, Code, Error, Order, Redactor, Request, Response, Result, Retry};
use http::{Method, StatusCode};

use super::job::{BatchJob, BatchPart, Settled};
use super::json;
use crate::build_call::build_call;
use crate::client::failed;
use crate::limit_scope::LimitScope;
use crate::policies::{
    authorize, is_gone_already, is_lost, is_too_late, is_write_conflict, may_have_changed_it, unknown,
};
use crate::redact;
use crate::{ProgressEvent, TokenRequest, timer};

/// Maximum number of requests in a batch.
pub(super) const MOST: usize = 20;

/// Outcome of a part in one round.
enum PartOutcome {
    Settled(Result<Response>),
    /// Send it again. If this was the last attempt, the outcome is this error.
    Again(Option<Duration>, Error),
    /// Send it again, though it may have been carried out.
    Repeat(Option<Duration>, Error),
    /// An earlier part of the chain did not succeed, so Graph skipped this one.
    Skipped(Error),
    /// Send it by itself, because its response redirects, or because it has to wait.
    Alone,
}

/// Sends the parts until each has its outcome.
pub(super) async fn send(job: &BatchJob<'_>, mut parts: Vec<BatchPart<'_>>, settled: &mut Settled) {
    let policy = &job.client.inner.retries;
    while parts.len() > 1 {
        let mut sent = permitted(job, parts, settled).await;
        let Some(fates) = round(job, &mut sent).await else {
            // Graph does not take the batch as such; nothing of it was done.
            for mut part in sent {
                job.alone(part.index, &mut part.call, settled).await;
            }
            return;
        };
        parts = Vec::with_capacity(sent.len());
        let (mut longest, mut refused, mut tries) = (Duration::ZERO, false, 1);
        let mut held = Vec::new();
        for (mut part, fate) in sent.into_iter().zip(fates) {
            part.call.lost |= matches!(fate, PartOutcome::Repeat(..));
            match fate {
                PartOutcome::Settled(answer) => job.record(part.index, answer, settled),
                PartOutcome::Alone => job.alone(part.index, &mut part.call, settled).await,
                PartOutcome::Skipped(error) => {
                    held.push(error);
                    parts.push(part);
                }
                PartOutcome::Again(after, error) | PartOutcome::Repeat(after, error) => {
                    part.tries += 1;
                    if part.tries >= policy.tries || after.is_some_and(|after| after > policy.patience) {
                        job.record(part.index, Err(error), settled);
                        continue;
                    }
                    refused = true;
                    tries = tries.max(part.tries);
                    longest = longest.max(after.unwrap_or_default());
                    held.push(error);
                    parts.push(part);
                }
            }
        }
        if !refused {
            continue;
        }
        let wait = if longest.is_zero() { job.client.backoff(tries) } else { longest };
        if is_too_late(job.session, wait) {
            for (part, error) in parts.into_iter().zip(held) {
                job.record(part.index, Err(error), settled);
            }
            return;
        }
        job.session.progress.step(ProgressEvent::Waiting { time: wait, why: "Graph asked to wait" });
        timer::pause(wait).await;
    }
    for mut part in parts {
        job.alone(part.index, &mut part.call, settled).await;
    }
}

// The batch itself needs no permission, each of its parts may.
async fn permitted<'a>(job: &BatchJob<'_>, parts: Vec<BatchPart<'a>>, settled: &mut Settled) -> Vec<BatchPart<'a>> {
    // Without a token nothing can be compared, and the batch will fail for the same reason.
    let Ok(token) = job.session.tokens.token(TokenRequest::Usual).await else { return parts };
    let mut permitted = Vec::with_capacity(parts.len());
    for mut part in parts {
        match authorize(&part.call.required, &token, job.session.application) {
            Ok(doubt) => {
                part.call.doubt = doubt;
                permitted.push(part);
            }
            Err(error) => job.record(part.index, Err(error), settled),
        }
    }
    permitted
}

// One message. `None` when Graph refuses the message as such.
async fn round(job: &BatchJob<'_>, parts: &mut [BatchPart<'_>]) -> Option<Vec<PartOutcome>> {
    let chained = job.order == Order::Sequential;
    let body = match json::write(parts, job.session, chained) {
        Ok(body) => body,
        Err(_) => return None,
    };
    let mut request =
        Request::post("/$batch").body(Body::Json(body)).hide(parts.iter().flat_map(|part| redact::carried(&part.call)));
    request.version = parts.first().and_then(|part| part.call.request.version);
    if parts.iter().all(|part| part.call.request.options().is_idempotent()) {
        request = request.idempotent();
    }
    let mut redactor = Redactor::default();
    let outcome = match build_call(&request, job.session).await {
        Ok(mut call) => {
            call.required.clear();
            // Its parts are cleaned below, when they are decoded.
            call.unpacks = true;
            call.scope = scope(parts, call.scope, chained);
            let outcome = job.client.pass(&mut call).await.map(|answer| answer.into_response());
            // What was lost is an earlier try of each of them.
            parts.iter_mut().for_each(|part| part.call.lost |= call.lost);
            redactor = redact::redactor(&call);
            outcome
        }
        Err(error) => Err(error),
    };
    let response = match outcome {
        Ok(response) => response,
        Err(error) => return Some(parts.iter().map(|part| without_answer(part, &error)).collect()),
    };
    match response.status {
        // Whatever it is, the batch was carried out.
        status if status.is_success() => {}
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => return None,
        _ => {
            let error = Error::from_response(&response);
            return Some(parts.iter().map(|_| PartOutcome::Settled(Err(error.clone()))).collect());
        }
    }
    let mut answers = match json::read(&response, parts.len()) {
        Ok(answers) => answers,
        Err(error) => {
            let error = lost(error.message()).caused_by(error);
            return Some(parts.iter().map(|part| without_answer(part, &error)).collect());
        }
    };
    for answer in answers.iter_mut().flatten().filter(|answer| !answer.status.is_success()) {
        redact::redact(&redactor, &mut answer.headers, &mut answer.body);
    }
    let mut broken = false;
    let mut outcomes = Vec::with_capacity(parts.len());
    for (part, answer) in parts.iter().zip(answers) {
        let fate = match answer {
            Some(answer) => judge(job, part, answer, chained && broken).await,
            // What changes nothing is asked by itself, where nothing else can spoil its answer.
            None if part.call.request.options().is_read_only() => PartOutcome::Alone,
            // Whether it was carried out is not known.
            None => without_answer(part, &lost("the answer to the batch has no answer to this request")),
        };
        broken = broken || !matches!(fate, PartOutcome::Settled(Ok(_)));
        outcomes.push(fate);
    }
    Some(outcomes)
}

fn lost(why: &str) -> Error {
    Error::new(Code::OutcomeUnknown, why)
}

fn without_answer(part: &BatchPart<'_>, error: &Error) -> PartOutcome {
    match (error.code(), part.call.request.options().is_idempotent()) {
        (Code::OutcomeUnknown, true) => {
            PartOutcome::Repeat(None, error.clone().with_code(Code::Unavailable).retry(Retry::Later))
        }
        // The message of the pipeline says already what may have happened.
        (Code::OutcomeUnknown, false) if error.message().starts_with("the request may") => {
            PartOutcome::Settled(Err(error.clone()))
        }
        (Code::OutcomeUnknown, false) => PartOutcome::Settled(Err(unknown(error.clone()))),
        _ => PartOutcome::Settled(Err(error.clone())),
    }
}

async fn judge(job: &BatchJob<'_>, part: &BatchPart<'_>, answer: Response, behind_a_failure: bool) -> PartOutcome {
    let repeatable = part.call.request.options().is_idempotent();
    let after = answer.retry_after;
    // By itself it passes the policy that waits.
    if job.client.inner.replication_lag.is_replication_lag(&part.call, answer.status, &answer.body) {
        return PartOutcome::Alone;
    }
    job.client.inner.replication_lag.note(&part.call, answer.status, &answer.body);
    match (answer.status.as_u16(), after) {
        (200..=299, _) => match failed(&part.call, answer) {
            (_, Some(error)) if repeatable => PartOutcome::Repeat(after, error),
            (_, Some(error)) => PartOutcome::Settled(Err(error)),
            (answer, None) => PartOutcome::Settled(Ok(answer)),
        },
        (300..=399, _) if part.call.request.method == Method::GET => PartOutcome::Alone,
        // By itself it passes the policy that renews the token. Nothing of it was carried out.
        (401, _) if Error::from_response(&answer).code() == Code::NotConnected => PartOutcome::Alone,
        (424, _) if behind_a_failure => PartOutcome::Skipped(Error::from_response(&answer)),
        (404 | 410, _) if is_gone_already(&part.call, answer.status) => {
            PartOutcome::Settled(Ok(Response::new(204, "")))
        }
        (423 | 424 | 429, _) | (503 | 509, Some(_)) => {
            if let Some(after) = after {
                job.client.inner.throttle.pause(part.call.scope, after).await;
            }
            PartOutcome::Again(after, Error::from_response(&answer))
        }
        _ if is_write_conflict(&part.call, answer.status, &answer.body) => {
            PartOutcome::Again(after, Error::from_response(&answer))
        }
        _ if may_have_changed_it(&part.call, answer.status) => {
            PartOutcome::Settled(Err(unknown(Error::from_response(&answer))))
        }
        (status, _) if is_lost(status) && repeatable => PartOutcome::Repeat(after, Error::from_response(&answer)),
        (status, _) if is_lost(status) => PartOutcome::Settled(Err(unknown(Error::from_response(&answer)))),
        _ => PartOutcome::Settled(Err(part.call.explain(Error::from_response(&answer)))),
    }
}

// Outlook carries out four parts of a batch at once, so one to a single mailbox takes all its places.
fn scope(parts: &[BatchPart<'_>], batch: LimitScope, chained: bool) -> LimitScope {
    match parts.first().map(|part| part.call.scope) {
        Some(first @ LimitScope { slots: Some(slots), .. }) if parts.iter().all(|part| part.call.scope == first) => {
            LimitScope { weight: if chained { 1 } else { slots.min(parts.len() as u32) }, ..first }
        }
        _ => batch,
    }
}
