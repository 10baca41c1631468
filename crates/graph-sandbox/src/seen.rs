//! What the sandbox was asked.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;
use jiff::Timestamp;
use serde::Serialize;

use crate::lock;

/// A request that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// When, on the sandbox's clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The scheme and host that it was sent to.
    pub origin: String,
    /// The path and the query.
    pub path: String,
    /// Whether it carried an `Authorization` header.
    pub authorized: bool,
    /// The length of its body in bytes.
    pub bytes: u64,
}

/// The list and the counters.
#[derive(Default)]
pub(crate) struct Log {
    counting: AtomicBool,
    all: AtomicU64,
    tokens: AtomicU64,
    list: Mutex<Vec<Seen>>,
}

impl Log {
    pub(crate) fn note(&self, at: Timestamp, origin: &str, request: &Request<Bytes>) {
        self.all.fetch_add(1, Ordering::Relaxed);
        if is_token_request(request.uri().path()) {
            self.tokens.fetch_add(1, Ordering::Relaxed);
        }
        if self.counting.load(Ordering::Relaxed) {
            return;
        }
        lock(&self.list).push(Seen {
            at,
            method: request.method().to_string(),
            origin: origin.to_owned(),
            path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            authorized: request.headers().contains_key(AUTHORIZATION),
            bytes: request.body().len() as u64,
        });
    }

    pub(crate) fn count_only(&self, on: bool) {
        self.counting.store(on, Ordering::Relaxed);
    }
    pub(crate) fn list(&self) -> Vec<Seen> {
        lock(&self.list).clone()
    }
    pub(crate) fn all(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens.load(Ordering::Relaxed)
    }
    pub(crate) fn clear(&self) {
        lock(&self.list).clear();
        self.all.store(0, Ordering::Relaxed);
        self.tokens.store(0, Ordering::Relaxed);
    }
}

fn is_token_request(path: &str) -> bool {
    ["/oauth2/v2.0/token", "/oidc/token", "/metadata/identity/oauth2/token", "/msi/token"]
        .iter()
        .any(|end| path.ends_with(end))
}
