//! Listeners: triggers that are polled.
//!
//! One poll reads one page; its events and the new cursor are committed together, and only then are
//! the events delivered. After a crash the next listener continues from the committed cursor and delivers
//! what was not acknowledged: at least once, each event with the same id.

mod gap;
mod graph_clock;
mod listener;
mod notice;
mod pace;
mod poll;
mod source;
mod stored;

use std::time::Duration;

use connector_sdk::Json;
use serde::Serialize;
use serde_json::Value;

pub use self::gap::Gap;
pub use self::listener::Listener;
pub(crate) use self::listener::{MIN_INTERVAL, USUAL_INTERVAL};
pub use self::notice::Notice;
pub(crate) use self::pace::{NextPoll, backoff, passes_by_itself, pause_after};
pub(crate) use self::poll::{Poller, PollsSeen, SINCE};
pub(crate) use self::stored::StoredCursor;

/// Parameters of a listener.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Id of the trigger, with its connector: `outlook.new_email`.
    pub trigger: String,
    /// Name of the connection.
    pub connection: String,
    /// Input of the trigger.
    pub input: Value,
    /// Name under which the connection's cursor is stored. Without one, the same trigger, connection and input share a
    /// cursor.
    pub name: Option<String>,
    /// Polling interval; at least a second. Without it the input's `intervalMinutes` counts, and without that a minute.
    pub interval: Option<Duration>,
}

impl Listen {
    /// Creates parameters without a cursor name, with the polling interval of the input.
    pub fn new(trigger: impl Into<String>, connection: impl Into<String>, input: Value) -> Listen {
        Listen { trigger: trigger.into(), connection: connection.into(), input, name: None, interval: None }
    }
    /// Sets the name under which the cursor is stored.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Listen {
        self.name = Some(name.into());
        self
    }
    /// Sets the polling interval; at least a second.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Listen {
        self.interval = Some(interval);
        self
    }
}

/// An event that is delivered until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Identity of the event: the same event has the same id, however often it is delivered.
    pub id: String,
    /// Data of the event.
    pub data: Json,
    /// Gaps since the event before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    #[serde(skip)]
    sequence: u64,
}
