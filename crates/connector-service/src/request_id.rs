//! The id of a request, by which an answer is found in the log.

use std::fmt;

use http::HeaderName;

/// The response header with the id.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// An id of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(uuid::Uuid);

impl RequestId {
    /// Draws an id.
    pub(crate) fn random() -> RequestId {
        let mut bytes = [0; 16];
        // Without random numbers ids repeat, which spoils nothing but the search in a log.
        let _ = getrandom::fill(&mut bytes);
        RequestId(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
