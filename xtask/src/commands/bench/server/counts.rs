//! What the server saw.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the server saw since the counts began anew.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(in super::super) struct Counts {
    /// Requests to Graph; a batch is one.
    pub(in super::super) requests: u64,
    /// How many of them were refused with 429.
    pub(in super::super) refused: u64,
    /// Requests for a token.
    pub(in super::super) tokens: u64,
    /// Bytes of the bodies of requests.
    pub(in super::super) bytes: u64,
    /// The sum of the times that requests were worked on, in microseconds.
    pub(in super::super) worked: u64,
    /// The CPU time of the server, in microseconds, since it began.
    pub(in super::super) cpu: u64,
}

/// Counts while it serves.
#[derive(Debug, Default)]
pub(super) struct Counter {
    pub(super) requests: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) tokens: AtomicU64,
    pub(super) bytes: AtomicU64,
    worked: AtomicU64,
}

impl Counter {
    pub(super) fn add_work(&self, time: Duration) {
        self.worked.fetch_add(time.as_micros() as u64, Relaxed);
    }

    /// What was counted; it begins anew.
    pub(super) fn take(&self) -> Counts {
        Counts {
            requests: self.requests.swap(0, Relaxed),
            refused: self.refused.swap(0, Relaxed),
            tokens: self.tokens.swap(0, Relaxed),
            bytes: self.bytes.swap(0, Relaxed),
            worked: self.worked.swap(0, Relaxed),
            cpu: super::super::cpu::own().map_or(0, |time| time.as_micros() as u64),
        }
    }
}
