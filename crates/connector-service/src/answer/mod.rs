//! Answers: one JSON document, lines of JSON, or events.

mod progress;
mod stream;
mod tagged;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use connector_runtime::{Json, Result};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

pub(crate) use self::progress::Reported;
pub(crate) use self::stream::{Emitted, Message, events, lines};
pub(crate) use self::tagged::{is_known, tag, tagged};

/// Answers with a JSON document that exists as text.
pub(crate) fn json_text(text: Bytes) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Answers with a value as JSON.
///
/// # Errors
/// `bug` for what cannot be written.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Response> {
    Ok(json_text(Json::of(value)?.bytes().clone()))
}

/// Answers that something was made.
///
/// # Errors
/// `bug` for what cannot be written.
pub(crate) fn created<T: Serialize + ?Sized>(value: &T) -> Result<Response> {
    let mut response = json(value)?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}
