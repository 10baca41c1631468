//! Requests that are sent away and come again.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Refuses a request with 429, or with 503 and a time, and takes it when it comes again. Parts of a batch are refused
/// one by one.
///
/// Allowed by RFC 6585, section 4, and RFC 9110, sections 10.2.3 and 15.6.4; Graph's page on throttling asks clients to
/// wait as long as `Retry-After` says, also for each part of a batch.
pub(super) struct Refused;

impl Perturbation for Refused {
    fn name(&self) -> &'static str {
        "refused"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "refuses a request or a part of a batch until it comes again"
    }
    fn instead(&self, asked: &Asked<'_>, random: &mut Random) -> Option<Response<Bytes>> {
        // The second try of the very same request is taken.
        if !asked.before.is_multiple_of(2) || !random.happens(1, 5) {
            return None;
        }
        let (status, code, message) = match random.below(3) {
            0 => (StatusCode::SERVICE_UNAVAILABLE, "serviceNotAvailable", "The service is temporarily unavailable."),
            1 => (
                StatusCode::TOO_MANY_REQUESTS,
                "ApplicationThrottled",
                "Application is over its MailboxConcurrency limit.",
            ),
            _ => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Too many requests."),
        };
        let body = json!({ "error": { "code": code, "message": message } });
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        Some(response)
    }
}
