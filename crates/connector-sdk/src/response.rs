//! An answer, whole.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{File, Json, Result, without_bom};

/// A complete answer of Graph.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status; plans only see successes, failures come as [`Error`].
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, complete.
    pub body: Bytes,
    /// `Retry-After`, in whatever form it came, already counted from now.
    pub retry_after: Option<Duration>,
}

/// An answer whose body was stored as a file.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The status: a success.
    pub status: StatusCode,
    /// The headers of the answer that brought the first byte.
    pub headers: HeaderMap,
    /// The body.
    pub file: File,
}

impl Response {
    /// An answer without headers; for tests and for parts of a batch.
    pub fn new(status: u16, body: impl Into<Bytes>) -> Response {
        Response {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: body.into(),
            retry_after: None,
        }
    }

    /// A header's value, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON text, checked and not re-printed.
    pub fn json(&self) -> Result<Json> {
        Json::parse(self.body.clone())
            .map_err(|error| error.during(format!("in an answer with status {}", self.status.as_u16())))
    }

    /// The id of the object that it holds, if it holds one that has an id.
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

    /// The body read as a type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        self.json()?.read()
    }
}
