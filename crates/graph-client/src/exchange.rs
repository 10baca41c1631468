//! The end of the chain: one request, one answer.

use std::pin::pin;
use std::time::Duration;

use crate::call::{Answer, AnswerBody, Call};
use crate::limits::Limits;
use crate::{body, retry_after, timer};
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
    call.in_flight = true;
    let work = pin!(async {
        let (parts, body) = transport.send(request).await?.into_parts();
        let body = if stream && parts.status.is_success() {
            AnswerBody::Stream(body)
        } else {
            AnswerBody::Whole(body::read_answer(body, length(&parts.headers), limits.answer).await?)
        };
        Ok(Answer {
            status: parts.status,
            retry_after: retry_after::read(&parts.headers),
            headers: parts.headers,
            body,
            home: call.way.home,
        })
    });
    let outcome = timer::within(limit, work)
        .await
        .unwrap_or_else(|| Err(Error::new(Code::OutcomeUnknown, format!("no answer came within {}", seconds(limit)))));
    call.in_flight = matches!(&outcome, Err(error) if error.code() == Code::OutcomeUnknown);
    outcome
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
