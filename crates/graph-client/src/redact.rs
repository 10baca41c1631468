//! Redaction of a call's secrets in its response.
//!
//! Of a success nothing is taken out: its content is the caller's. In the answer to a batch each part counts for
//! itself.

use bytes::Bytes;
use connector_sdk::{BatchAnswer, Json, Redactor, Secret};
use http::{HeaderMap, HeaderValue};
use serde::Serialize;

use crate::call::{Call, HttpResponse, ResponseBody};
use crate::{limits, origin_guard};

/// Returns a redactor of the secrets of a call: its token, former ones, headers marked as sensitive, what the plan says
/// that its body holds, and the query of an address that is its own credential.
pub(crate) fn redactor(call: &Call<'_>) -> Redactor {
    let query = call.url.query().filter(|_| !origin_guard::is_graph(&call.url, &call.session.endpoint));
    let headers = call.spent.iter().chain(sensitive(&call.headers)).map(HeaderValue::as_bytes);
    let body = call.request.options().secrets().iter().map(|secret| secret.expose().as_bytes());
    Redactor::new(headers.chain(body).chain(query.map(str::as_bytes)))
}

/// Returns the secrets of a call that is sent in the body of another one.
pub(crate) fn carried(call: &Call<'_>) -> impl Iterator<Item = Secret> {
    let headers = sensitive(&call.headers).filter_map(|value| value.to_str().ok()).map(Secret::new);
    headers.chain(call.request.options().secrets().iter().cloned())
}

/// Removes the secrets from an error's headers and body. Of a body that is too large nothing is left: the status
/// counts.
pub(crate) fn redact(redactor: &Redactor, headers: &mut HeaderMap, body: &mut Bytes) {
    *body = match body.len() > limits::ERROR_BODY && !redactor.is_empty() {
        true => Bytes::new(),
        false => redactor.body(body),
    };
    redactor.headers(headers);
}

impl HttpResponse {
    /// Removes the secrets of the call from its response if it is an error; from a batch, in those parts that are
    /// errors.
    pub(crate) fn redacted(mut self, call: &Call<'_>) -> HttpResponse {
        let ResponseBody::Whole(body) = &mut self.body else { return self };
        if !self.status.is_success() {
            redact(&redactor(call), &mut self.headers, body);
        } else if call.is_batch()
            && let Some(redacted) = redacted_batch(call, body)
        {
            *body = redacted;
        }
        self
    }
}

// The answer to a batch without the secrets in its failures, if they had any. Whoever reads it reads it as
// `BatchAnswer`.
fn redacted_batch(call: &Call<'_>, body: &Bytes) -> Option<Bytes> {
    let mut answers = BatchAnswer::read(body).ok()?;
    let failed = |answer: &BatchAnswer| !(200..300).contains(&answer.status);
    if !answers.iter().any(failed) {
        return None;
    }
    let (redactor, mut found) = (redactor(call), false);
    for json in answers
        .iter_mut()
        .filter(|answer| failed(answer))
        .flat_map(|answer| [&mut answer.headers, &mut answer.body])
        .flatten()
    {
        let redacted = redactor.body(json.bytes());
        if redacted != *json.bytes() {
            found = true;
            *json = Json::trusted(redacted);
        }
    }
    if !found {
        return None;
    }
    #[derive(Serialize)]
    struct Envelope {
        responses: Vec<BatchAnswer>,
    }
    serde_json::to_vec(&Envelope { responses: answers }).ok().map(Bytes::from)
}

/// Returns the values that are marked as sensitive.
pub(crate) fn sensitive(headers: &HeaderMap) -> impl Iterator<Item = &HeaderValue> {
    headers.values().filter(|value| value.is_sensitive())
}
