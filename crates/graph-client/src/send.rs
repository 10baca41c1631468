//! The end of the pipeline: one HTTP request, one response.

use std::pin::pin;
use std::time::Duration;

use crate::call::{Call, HttpResponse, ResponseBody};
use crate::limits::{ERROR_BODY, Limits};
use crate::{body, coding, retry_after, timer};
use bytes::Bytes;
use connector_sdk::{Code, Error, Result, Transport, without_bom};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Method, StatusCode};

/// Sends a call as it is now and reads its response.
///
/// # Errors
/// `unavailable` when no connection was made; `outcome_unknown` when the answer was lost.
pub(crate) async fn send(call: &mut Call<'_>, transport: &dyn Transport, limits: &Limits) -> Result<HttpResponse> {
    let mut request = http::Request::new(call.body.clone());
    *request.method_mut() = call.request.method.clone();
    *request.uri_mut() = call.url.clone();
    *request.headers_mut() = call.headers.clone();

    let stream = call.routing.stream;
    let limit = call.request.options().timeout().unwrap_or(limits.one_try);
    // It was carried out, whatever becomes of the rest of its answer, and must not be sent again to hear that.
    let done_by_status = !stream && !call.request.options().is_read_only() && !call.request.options().is_idempotent();
    let mut done = None;
    call.in_flight = true;
    let outcome = {
        let work = pin!(async {
            let bare = request.method() == Method::HEAD;
            let (mut parts, body) = transport.send(request).await?.into_parts();
            done = Some(parts.status).filter(|status| done_by_status && status.is_success());
            // What these announce is the length of something else.
            let bare = bare || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
            let plain = if bare { Ok((body, false)) } else { coding::decode(&mut parts.headers, body) };
            let coded = matches!(plain, Ok((_, true)));
            let body = match plain {
                Ok((body, _)) if stream && parts.status.is_success() => ResponseBody::Stream(body),
                plain => {
                    let length = length(&parts.headers).filter(|_| !bare);
                    let limit = if parts.status.is_success() { limits.answer } else { limits.answer.min(ERROR_BODY) };
                    let whole = match plain {
                        Ok((body, _)) => body::read_answer(body, length, limit).await,
                        Err(error) => Err(error),
                    };
                    match whole {
                        Ok(body) => ResponseBody::Whole(readable(body, &parts.headers)),
                        // The status says enough: it was carried out, or it was refused.
                        Err(error)
                            if done.is_some()
                                || parts.status.is_client_error()
                                || is_unreadable(parts.status, &error) =>
                        {
                            tracing::debug!(%error, "an answer could not be read; its status counts");
                            ResponseBody::Whole(Bytes::new())
                        }
                        Err(error) => return Err(error),
                    }
                }
            };
            Ok(HttpResponse {
                status: parts.status,
                retry_after: retry_after::read(&parts.headers),
                headers: parts.headers,
                body,
                from_graph: call.routing.to_graph,
                coded,
            })
        });
        timer::within(limit, work).await.unwrap_or_else(|| {
            Err(Error::new(Code::OutcomeUnknown, format!("no answer came within {}", seconds(limit))))
        })
    };
    let outcome = match (outcome, done) {
        // The rest of the answer took too long.
        (Err(_), Some(status)) => {
            let body = ResponseBody::Whole(Bytes::new());
            Ok(HttpResponse {
                status,
                retry_after: None,
                headers: HeaderMap::new(),
                body,
                from_graph: call.routing.to_graph,
                coded: false,
            })
        }
        (outcome, _) => outcome,
    };
    call.in_flight = matches!(&outcome, Err(error) if error.code() == Code::OutcomeUnknown);
    outcome.map(|answer| answer.redacted(call))
}

// The body of a refusal that is too large or in an unknown coding: of a refusal the status counts.
fn is_unreadable(status: StatusCode, error: &Error) -> bool {
    !status.is_success() && error.code() == Code::Protocol
}

// JSON may come with a byte order mark, which no reader has to know. Other content stays as it is.
fn readable(body: Bytes, headers: &HeaderMap) -> Bytes {
    let may_be_json = headers.get(CONTENT_TYPE).is_none_or(|media| {
        media.to_str().is_ok_and(|media| media.trim().is_empty() || media.to_ascii_lowercase().contains("json"))
    });
    if may_be_json { body.slice_ref(without_bom(&body)) } else { body }
}

/// Returns the length that the headers announce. `HEAD` has none, but then nothing is read either.
pub(crate) fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Formats a duration for people.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        exact if exact.fract() == 0.0 => format!("{exact:.0} s"),
        exact => format!("{exact:.1} s"),
    }
}
