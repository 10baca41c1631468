//! An answer on its way.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use std::time::Duration;

/// An answer, as the bytes that are sent.
pub(super) struct Wire {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What goes over the connection before it.
    pub(super) before: String,
    /// How much later it comes.
    pub(super) delay: Duration,
    /// After how many bytes the connection breaks off.
    pub(super) cut: Option<usize>,
}

impl Wire {
    /// Whether the body is JSON of Graph's own, and not a file that somebody downloads.
    pub(super) fn is_json(&self) -> bool {
        let media = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        media.to_ascii_lowercase().starts_with("application/json") && !self.body.is_empty() && !self.is_coded()
    }

    /// Whether the body is in a content coding already.
    pub(super) fn is_coded(&self) -> bool {
        self.headers.contains_key(CONTENT_ENCODING)
    }
}
