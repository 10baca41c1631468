//! Webhooks: messages that are posted, and signed by the specification Standard Webhooks.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Error, Result, Transport, read_to_end};
use graph_client::retry_after;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use tokio::time::Instant;

use super::attempt::{Attempt, AttemptError};
use super::message::Message;
use super::stored::StoredDestination;

/// Maximum size of an answer that is read, so that its connection can be used again. Nothing of it is kept.
const READ: usize = 16 * 1024;
/// Time for which an answer is read.
const READ_TIME: Duration = Duration::from_secs(1);

/// A kind of destination.
#[async_trait]
pub(crate) trait Sink: Send + Sync {
    /// Sends a message once.
    async fn send(&self, to: &StoredDestination, message: &Message, now: Timestamp) -> Attempt;
}

/// A sink that posts to a webhook.
pub(super) struct Webhooks<'a>(pub(super) &'a dyn Transport);

#[async_trait]
impl Sink for Webhooks<'_> {
    async fn send(&self, to: &StoredDestination, message: &Message, now: Timestamp) -> Attempt {
        let began = Instant::now();
        let outcome = match request(to, message, now) {
            Ok(request) => tokio::time::timeout(to.destination.timeout(), self.0.send(request)).await,
            Err(error) => {
                tracing::error!(destination = %to.destination.id, message = message.id, %error, "an event cannot be sent");
                return attempt(now, began, None, Some(AttemptError::Unsendable));
            }
        };
        let response = match outcome {
            Err(_) => return attempt(now, began, None, Some(AttemptError::Timeout)),
            Ok(Err(error)) => return attempt(now, began, None, Some(reason(&error))),
            Ok(Ok(response)) => response,
        };
        let status = response.status();
        let error = match status.as_u16() {
            200..=299 => None,
            300..=399 => Some(AttemptError::Redirect),
            _ => Some(AttemptError::Status),
        };
        let attempt = attempt(now, began, Some(status.as_u16()), error);
        let asked = error.and_then(|_| retry_after(response.headers()));
        discard(response.into_body()).await;
        Attempt { asked, ..attempt }
    }
}

fn attempt(at: Timestamp, began: Instant, status: Option<u16>, error: Option<AttemptError>) -> Attempt {
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Attempt { at, milliseconds, status, error, asked: None }
}

// A connection whose answer was not read to its end cannot be used again.
async fn discard(body: ByteStream) {
    let _ = tokio::time::timeout(READ_TIME, read_to_end(body, READ)).await;
}

fn request(to: &StoredDestination, message: &Message, now: Timestamp) -> Result<http::Request<Bytes>> {
    let signature = to.secrets.sign(&message.id, now, &message.body)?;
    let mut request = http::Request::post(to.destination.url.as_str())
        .body(message.body.clone())
        .map_err(|error| Error::bug(error.to_string()))?;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    insert(headers, "webhook-id", &message.id)?;
    insert(headers, "webhook-timestamp", &now.as_second().to_string())?;
    insert(headers, "webhook-signature", &signature)?;
    insert(headers, "traceparent", &message.trace)?;
    if message.is_replay {
        insert(headers, "tenon-replay", "1")?;
    }
    Ok(request)
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<()> {
    let value = HeaderValue::try_from(value).map_err(|error| Error::bug(error.to_string()))?;
    headers.insert(name, value);
    Ok(())
}

fn reason(error: &Error) -> AttemptError {
    match error.reason() {
        Some("address") => AttemptError::Address,
        Some("dns") => AttemptError::Dns,
        Some("refused") => AttemptError::Refused,
        Some("tls") => AttemptError::Tls,
        Some("timeout") => AttemptError::Timeout,
        Some("broken_off") => AttemptError::BrokenOff,
        _ => AttemptError::Connect,
    }
}
