//! Entry points for the fuzz targets to private readers.

use std::time::Duration;

use connector_sdk::{Request, Response, Result};
use http::HeaderMap;

use crate::batch::json;
use crate::{Endpoint, challenge, origin_guard, retry_after};

/// Reads the claims of a challenge.
pub fn claims(headers: &HeaderMap) -> Option<String> {
    challenge::claims(headers)
}

/// Reads `Retry-After`.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    retry_after::read(headers)
}

/// Reads the response to a batch of `parts` parts.
///
/// # Errors
/// As its reader.
pub fn batch(response: &Response, parts: usize) -> Result<Vec<Option<Response>>> {
    json::read(response, parts)
}

/// Renders a request's address and checks that it stays below Graph.
///
/// # Panics
/// When it leaves Graph.
pub fn stays_at_home(request: &Request) {
    let endpoint = Endpoint::new("https://graph.microsoft.com").expect("Graph's address");
    if let Ok(uri) = origin_guard::address(request, &endpoint) {
        assert!(origin_guard::is_graph(&uri, &endpoint), "{uri}");
        let url = origin_guard::url(&uri).expect("an address is a URL");
        assert!(url.path().starts_with("/v1.0/") || url.path().starts_with("/beta/"), "{url}");
    }
}
