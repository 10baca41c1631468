//! Who hears how calls and tries ended, for metrics and logs.

use std::time::Duration;

use connector_sdk::Code;
use http::{Method, StatusCode};

/// Hears how calls and tries ended.
///
/// It is called where the work is done, so it returns at once: it counts, or hands on.
pub trait Observer: Send + Sync {
    /// A call ended: one request of a plan, or one `$batch`, with all of its tries and waits.
    fn call_ended(&self, _event: &CallEvent<'_>) {}
    /// A try ended: one request left, or could not.
    fn try_ended(&self, _event: &CallEvent<'_>) {}
}

/// How a call or a try ended. It holds no values, headers, queries or bodies.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct CallEvent<'a> {
    /// The connection's id.
    pub connection: &'a str,
    /// The method.
    pub method: &'a Method,
    /// The template of the path, such as `/users/{user}/messages`.
    pub template: &'a str,
    /// How many tries have left so far.
    pub tries: u32,
    /// How long it took. For a call, waits are included.
    pub duration: Duration,
    /// The status of the answer, or why there is none.
    pub outcome: Result<StatusCode, Code>,
    /// Graph's id of the request.
    pub request_id: Option<&'a str>,
}
