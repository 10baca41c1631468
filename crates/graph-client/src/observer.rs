//! Observers of calls and attempts, for metrics and logs.

use std::time::{Duration, SystemTime};

use connector_sdk::Code;
use http::{Method, StatusCode};

/// An observer that is notified how calls and attempts ended.
///
/// It is called where the work is done, so it returns at once: it counts, or queues the event.
pub trait Observer: Send + Sync {
    /// Called after a call: one request of a plan, or one `$batch`, with all of its attempts and waits.
    fn call_ended(&self, _event: &CallEvent<'_>) {}
    /// Called after an attempt: one request was sent, or could not be.
    fn try_ended(&self, _event: &CallEvent<'_>) {}
}

/// Outcome of a call or an attempt. It holds no values, queries or bodies, and of the headers two.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct CallEvent<'a> {
    /// Id of the connection.
    pub connection: &'a str,
    /// HTTP method.
    pub method: &'a Method,
    /// Template of the path, such as `/users/{user}/messages`.
    pub template: &'a str,
    /// Number of attempts so far.
    pub tries: u32,
    /// Duration. For a call, waits are included.
    pub duration: Duration,
    /// Status of the response, or the error code when there is none.
    pub outcome: Result<StatusCode, Code>,
    /// Graph's id of the request.
    pub request_id: Option<&'a str>,
    /// Time at which Graph responded, by its own clock, in whole seconds: the `Date` of a response that no cache kept.
    pub date: Option<SystemTime>,
}
