//! Watches: triggers that the host polls by itself, and whose events it keeps until they are fetched or delivered.

mod feed;
mod job;
mod polls;
mod prune;
mod status;
mod stored;

use std::fmt;
use std::time::Duration;

use connector_sdk::{Issue, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::principal::{ConnectionRef, PrincipalId};
use crate::random;
use crate::store::Revision;
use crate::subscription::SubscriptionState;

pub(crate) use self::feed::From;
pub use self::feed::WatchEvent;
pub(crate) use self::job::PollJob;
pub(crate) use self::polls::Polls;
pub(crate) use self::prune::PruneJob;
pub(crate) use self::status::WatchStatus;
pub(crate) use self::stored::Watches;

/// Longest polling interval: a day.
const MAX_INTERVAL: u64 = 86_400;
/// Longest retention of events, in days.
const MAX_RETENTION: u32 = 365;
/// Retention of events in days, where the watch names none.
const USUAL_RETENTION: u32 = 7;
/// Name of the consumer that holds the events until they are too old.
pub(crate) const RETENTION: &str = "retention";

/// Id of a watch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct WatchId(String);

impl WatchId {
    pub(crate) fn random() -> Result<WatchId> {
        Ok(WatchId(format!("wat_{}", random::name::<12>()?)))
    }

    /// Reads an id, if the text can be one.
    pub(crate) fn read(text: &str) -> Option<WatchId> {
        let digits = text.strip_prefix("wat_")?;
        (digits.len() == 24 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| WatchId(text.to_owned()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name under which its cursor and its events are stored.
    pub(crate) fn source(&self) -> String {
        format!("watch/main/{}", self.0)
    }

    /// Returns the key of the task that polls it.
    pub(crate) fn task(&self) -> String {
        format!("{}main/{}", job::PREFIX, self.0)
    }
}

impl fmt::Display for WatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a watch learns that there is something to poll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WatchMode {
    /// It is polled at its interval.
    #[default]
    Poll,
    /// Graph notifies of changes, and it is polled then, and every 15 minutes in case that a notification was lost. The
    /// host needs an address at which Graph reaches it. While Graph does not notify, it is polled at its interval.
    RealTime,
}

impl WatchMode {
    fn is_poll(&self) -> bool {
        *self == WatchMode::Poll
    }
}

/// A watch that is to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewWatch {
    /// Name for people, which no other watch has.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// Id of the trigger, such as `outlook.new_email`.
    pub trigger: String,
    /// Name of the connection. It may be left out where the caller reaches one alone.
    #[serde(default)]
    pub connection: String,
    /// Input of the trigger.
    #[serde(default = "no_input")]
    pub input: Value,
    /// Seconds between two polls; at least 1. Without it the input's `intervalMinutes` counts, and without that 60.
    #[serde(default)]
    #[schemars(range(min = 1, max = 86400))]
    pub interval_seconds: Option<u64>,
    /// Days for which its events are kept at least; without it 7.
    #[serde(default)]
    #[schemars(range(min = 1, max = 365))]
    pub retention_days: Option<u32>,
    /// Destinations that its events are sent to, by their names or ids.
    #[serde(default)]
    pub destinations: Vec<String>,
    /// How it learns that there is something to poll; usually by its interval.
    #[serde(default)]
    pub mode: WatchMode,
}

fn no_input() -> Value {
    Value::Object(serde_json::Map::new())
}

impl NewWatch {
    /// Creates a watch with the polling interval of its input.
    pub fn new(
        name: impl Into<String>,
        trigger: impl Into<String>,
        connection: impl Into<String>,
        input: Value,
    ) -> NewWatch {
        NewWatch {
            name: name.into(),
            trigger: trigger.into(),
            connection: connection.into(),
            input,
            interval_seconds: None,
            retention_days: None,
            destinations: Vec::new(),
            mode: WatchMode::Poll,
        }
    }

    /// Has Graph notify of changes.
    #[must_use]
    pub fn real_time(mut self) -> NewWatch {
        self.mode = WatchMode::RealTime;
        self
    }

    /// Sets the polling interval; at least a second.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> NewWatch {
        self.interval_seconds = Some(interval.as_secs());
        self
    }
}

/// What is to be changed of a watch. What is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct WatchChange {
    /// Name for people.
    #[schemars(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// Input of the trigger, as a whole. The watch continues at its place where the trigger can.
    pub input: Option<Value>,
    /// Seconds between two polls.
    #[schemars(range(min = 1, max = 86400))]
    pub interval_seconds: Option<u64>,
    /// Days for which its events are kept at least.
    #[schemars(range(min = 1, max = 365))]
    pub retention_days: Option<u32>,
    /// Destinations that its events are sent to, by their names or ids: all of them. A new one gets what is found from
    /// now on.
    pub destinations: Option<Vec<String>>,
    /// How it learns that there is something to poll.
    pub mode: Option<WatchMode>,
}

/// A trigger that the host polls by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Watch {
    /// Id.
    pub id: WatchId,
    /// Name for people.
    pub name: String,
    /// Principal that made it; empty for the owner. The watch never does more than its principal may.
    pub owner: PrincipalId,
    /// Id of the trigger.
    pub trigger: String,
    /// Connection that it was made for.
    pub connection: ConnectionRef,
    /// Input of the trigger.
    pub input: Value,
    /// Seconds between two polls, where the watch names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_seconds: Option<u64>,
    /// Days for which its events are kept at least, where the watch names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// Ids of the destinations that its events are sent to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub destinations: Vec<String>,
    /// How it learns that there is something to poll.
    #[serde(default, skip_serializing_if = "WatchMode::is_poll")]
    pub mode: WatchMode,
    /// Who has paused it, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Pause>,
    /// Time at which it was made.
    pub created: Timestamp,
}

impl Watch {
    /// Returns whether Graph is to notify of changes.
    pub(crate) fn is_real_time(&self) -> bool {
        self.mode == WatchMode::RealTime
    }
}

/// A pause of a watch, until somebody resumes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pause {
    /// Principal that has paused it; empty for the owner or the host itself.
    pub by: PrincipalId,
    /// Reason, for people.
    pub reason: String,
    /// Time at which it was paused.
    pub at: Timestamp,
}

/// State of a watch.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum WatchState {
    /// It is polled.
    Active,
    /// It is not polled until somebody resumes it. Nothing is lost that Graph still knows then.
    Paused,
    /// The last poll failed in a way that does not pass by itself. It is polled again when the connection has changed,
    /// and every 15 minutes.
    Trouble {
        /// The error of the last poll, as every interface prints errors.
        error: Value,
        /// Time at which the trouble began.
        since: Timestamp,
    },
}

/// A watch with its state.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WatchInfo {
    /// The watch.
    #[serde(flatten)]
    pub watch: Watch,
    /// Its state.
    #[serde(flatten)]
    pub state: WatchState,
    /// State of its subscription, where Graph is to notify of changes.
    #[serde(flatten)]
    pub subscription: Option<SubscriptionState>,
    /// Time of the last poll that succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polled: Option<Timestamp>,
    /// Revision, which a change names as `If-Match`.
    #[serde(skip)]
    pub revision: Revision,
}

/// Checks a polling interval in seconds and a retention in days.
pub(crate) fn check_times(interval: Option<u64>, retention: Option<u32>) -> impl Iterator<Item = Issue> {
    let interval = interval.filter(|seconds| !(1..=MAX_INTERVAL).contains(seconds));
    let retention = retention.filter(|days| !(1..=MAX_RETENTION).contains(days));
    let interval = interval.map(|_| Issue::new("/intervalSeconds", format!("must be from 1 to {MAX_INTERVAL}")));
    let retention = retention.map(|_| Issue::new("/retentionDays", format!("must be from 1 to {MAX_RETENTION}")));
    interval.into_iter().chain(retention)
}
