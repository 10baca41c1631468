//! Attempts to deliver an event, and what is kept of them.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an attempt failed. Nothing of the answer but its status is kept, so that nobody reads with a destination what
/// only this host reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttemptError {
    /// The receiver answered with a status other than 2xx.
    Status,
    /// There was no answer within the time limit.
    Timeout,
    /// The receiver answered with a redirect, which is not followed.
    Redirect,
    /// The address may not be connected to.
    Address,
    /// The name of the host was not found.
    Dns,
    /// The connection was refused.
    Refused,
    /// No connection with TLS could be made, such as with a certificate that is not trusted.
    Tls,
    /// No connection could be made.
    Connect,
    /// The connection broke off before the answer came.
    BrokenOff,
    /// The event could not be sent as it is stored.
    Unsendable,
}

impl AttemptError {
    /// Returns whether the endpoint has failed, whatever the event was.
    pub(super) fn is_of_endpoint(self) -> bool {
        matches!(
            self,
            AttemptError::Address
                | AttemptError::Dns
                | AttemptError::Refused
                | AttemptError::Tls
                | AttemptError::Connect
        )
    }
}

/// An attempt to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attempt {
    /// Time at which it began.
    pub at: Timestamp,
    /// Duration in milliseconds.
    pub milliseconds: u64,
    /// Status of the answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How it failed; absent for a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AttemptError>,
    // What the receiver asked to wait.
    #[serde(skip)]
    pub(super) asked: Option<Duration>,
}

impl Attempt {
    /// Returns whether the event was delivered.
    pub fn is_success(&self) -> bool {
        self.error.is_none()
    }

    /// Returns whether the receiver said that it is gone for good.
    pub(super) fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

impl Attempt {
    pub(super) fn unsendable(at: Timestamp) -> Attempt {
        Attempt { at, milliseconds: 0, status: None, error: Some(AttemptError::Unsendable), asked: None }
    }
}
