//! The end of the chain: one request, one answer.

use std::pin::pin;
use std::time::Duration;

use crate::call::{Answer, AnswerBody, Call};
use crate::limits::{ERROR_BODY, Limits};
use crate::{body, retry_after, timer};
use bytes::Bytes;
use connector_sdk::{Code, Error, Result, Transport};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;

/// Sends a call as it is now and reads its answer.
///
/// # Errors
/// `unavailable` when no connection was made; `outcome_unknown` when the answer was lost.
pub(crate) async fn exchange(call: &mut Call<'_>, transport: &dyn Transport, limits: &Limits) -> Result<Answer> {
    let mut request = http::Request::new(call.body.clone());
    *request.method_mut() = call.request.method.clone();
    *request.uri_mut() = call.url.clone();
    *request.headers_mut() = call.headers.clone();

    let stream = call.way.stream;
    let limit = call.request.timeout.unwrap_or(limits.one_try);
    // It was carried out, whatever becomes of the rest of its answer, and must not be sent again to hear that.
    let done_by_status = !stream && !call.request.is_read_only() && !call.request.is_repeatable();
    let mut done = None;
    call.in_flight = true;
    let outcome = {
        let work = pin!(async {
            let (parts, body) = transport.send(request).await?.into_parts();
            done = Some(parts.status).filter(|status| done_by_status && status.is_success());
            let body = if stream && parts.status.is_success() {
                AnswerBody::Stream(body)
            } else {
                let limit = if parts.status.is_success() { limits.answer } else { limits.answer.min(ERROR_BODY) };
                match body::read_answer(body, length(&parts.headers), limit).await {
                    Ok(body) => AnswerBody::Whole(body),
                    // The status says enough.
                    Err(error) if !parts.status.is_success() && error.code() == Code::Protocol => AnswerBody::Whole(Bytes::new()),
                    Err(error) if done.is_some() => {
                        tracing::debug!(%error, "the answer to a request that was carried out could not be read");
                        AnswerBody::Whole(Bytes::new())
                    }
                    Err(error) => return Err(error),
                }
            };
            Ok(Answer {
                status: parts.status,
                retry_after: retry_after::read(&parts.headers),
                headers: parts.headers,
                body,
                home: call.way.home,
            })
        });
        timer::within(limit, work)
            .await
            .unwrap_or_else(|| Err(Error::new(Code::OutcomeUnknown, format!("no answer came within {}", seconds(limit)))))
    };
    let outcome = match (outcome, done) {
        // The rest of the answer took too long.
        (Err(_), Some(status)) => {
            let body = AnswerBody::Whole(Bytes::new());
            Ok(Answer { status, retry_after: None, headers: HeaderMap::new(), body, home: call.way.home })
        }
        (outcome, _) => outcome,
    };
    call.in_flight = matches!(&outcome, Err(error) if error.code() == Code::OutcomeUnknown);
    outcome.map(|answer| answer.redacted(call))
}

/// The length that the headers announce. `HEAD` has none, but then nothing is read either.
pub(crate) fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A time for people.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        exact if exact.fract() == 0.0 => format!("{exact:.0} s"),
        exact => format!("{exact:.1} s"),
    }
}
