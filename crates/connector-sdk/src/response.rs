//! Complete responses.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{File, Json, Result, without_bom};

/// A complete response of Graph.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response {
    /// HTTP status; plans only see successes, failures come as [`Error`](crate::Error).
    pub status: StatusCode,
    /// Response headers.
    pub headers: HeaderMap,
    /// Complete body.
    pub body: Bytes,
    /// Time to wait by `Retry-After`, in whatever form it came, counted from now.
    pub retry_after: Option<Duration>,
}

/// A response whose body was stored as a file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredResponse {
    /// HTTP status: a success.
    pub status: StatusCode,
    /// Headers of the response that brought the first byte.
    pub headers: HeaderMap,
    /// File that holds the body.
    pub file: File,
}

impl StoredResponse {
    /// Creates a response whose body is this file.
    pub fn new(status: StatusCode, headers: HeaderMap, file: File) -> StoredResponse {
        StoredResponse { status, headers, file }
    }
}

impl Response {
    /// Creates a response without headers; for tests and for parts of a batch.
    pub fn new(status: u16, body: impl Into<Bytes>) -> Response {
        Response {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: body.into(),
            retry_after: None,
        }
    }

    /// Creates a response from its parts.
    pub fn from_parts(status: StatusCode, headers: HeaderMap, body: Bytes) -> Response {
        Response { status, headers, body, retry_after: None }
    }

    /// Sets the time to wait by `Retry-After`.
    #[must_use]
    pub fn with_retry_after(mut self, time: impl Into<Option<Duration>>) -> Response {
        self.retry_after = time.into();
        self
    }

    /// Returns a header's value, if it is present and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the body as JSON text, validated but not serialized again.
    pub fn json(&self) -> Result<Json> {
        Json::parse(self.body.clone())
            .map_err(|error| error.context(format!("in an answer with status {}", self.status.as_u16())))
    }

    /// Returns the id of the object in the body, if it has one.
    pub fn id(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Object {
            id: Option<Value>,
        }
        match serde_json::from_slice::<Object>(without_bom(&self.body)).ok()?.id? {
            Value::String(id) => Some(id),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// Deserializes the body.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        self.json()?.read()
    }
}
