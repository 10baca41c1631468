//! Destinations: where the events of watches are sent.

use std::fmt;
use std::time::Duration;

use connector_sdk::{Issue, Secret};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::attempt::AttemptError;
use super::stored::StoredDestination;
use crate::principal::{Patterns, PrincipalId};
use crate::random;
use crate::seal::check_name;
use crate::store::Revision;

/// Maximum number of bytes of an address.
const MAX_URL: usize = 2048;
/// Longest time limit of a delivery, in seconds.
const MAX_TIMEOUT: u64 = 60;
/// Maximum number of deliveries at once.
const MAX_CONCURRENCY: u8 = 64;
/// Maximum number of patterns of events.
const MAX_PATTERNS: usize = 200;

/// Id of a destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DestinationId(String);

impl DestinationId {
    pub(crate) fn random() -> connector_sdk::Result<DestinationId> {
        Ok(DestinationId(format!("dst_{}", random::name::<12>()?)))
    }

    /// Reads an id, if the text can be one.
    pub(crate) fn read(text: &str) -> Option<DestinationId> {
        let digits = text.strip_prefix("dst_")?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (digits.len() == 24 && digits.bytes().all(is_digit)).then(|| DestinationId(text.to_owned()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the consumer as which it reads events.
    pub(crate) fn consumer(&self) -> String {
        format!("to/{}", self.0)
    }
}

impl fmt::Display for DestinationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A destination that is to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewDestination {
    /// Name for people, which no other destination has.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// Address that the events are posted to, over https.
    #[serde(with = "url_text")]
    #[schemars(with = "String", extend("format" = "uri", "maxLength" = MAX_URL))]
    pub url: Url,
    /// Types of the events that are sent: ids of triggers, or their beginnings with `*`. Events about the host itself are
    /// sent to destinations with a pattern that begins with `tenon.`.
    #[serde(default = "Patterns::everything")]
    pub events: Patterns,
    /// Whether the events of a watch are sent in order, one at a time. One that fails then holds up the others.
    #[serde(default)]
    pub ordered: bool,
    /// Time limit of a delivery, in seconds: 1 to 60.
    #[serde(default = "usual_timeout")]
    #[schemars(range(min = 1, max = 60))]
    pub timeout_seconds: u64,
    /// Maximum number of deliveries at once, in each process: 1 to 64.
    #[serde(default = "usual_concurrency")]
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: u8,
}

const fn usual_timeout() -> u64 {
    15
}

const fn usual_concurrency() -> u8 {
    8
}

impl NewDestination {
    /// Creates a destination of all events, 8 deliveries at once, each with 15 seconds.
    pub fn new(name: impl Into<String>, url: Url) -> NewDestination {
        NewDestination {
            name: name.into(),
            url,
            events: Patterns::everything(),
            ordered: false,
            timeout_seconds: usual_timeout(),
            concurrency: usual_concurrency(),
        }
    }

    /// Sets the types of the events that are sent.
    #[must_use]
    pub fn events(mut self, events: Patterns) -> NewDestination {
        self.events = events;
        self
    }

    /// Sends the events of each watch in order, one at a time.
    #[must_use]
    pub fn ordered(mut self) -> NewDestination {
        self.ordered = true;
        self
    }

    /// Sets the time limit of a delivery, in whole seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> NewDestination {
        self.timeout_seconds = timeout.as_secs();
        self
    }

    /// Sets the maximum number of deliveries at once.
    #[must_use]
    pub fn concurrency(mut self, concurrency: u8) -> NewDestination {
        self.concurrency = concurrency;
        self
    }
}

/// What is to be changed of a destination. What is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DestinationChange {
    /// Name for people.
    #[schemars(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// Address that the events are posted to. The secret stays.
    #[serde(deserialize_with = "some_url")]
    #[schemars(with = "Option<String>", extend("format" = "uri", "maxLength" = MAX_URL))]
    pub url: Option<Url>,
    /// Types of the events that are sent.
    pub events: Option<Patterns>,
    /// Whether the events of a watch are sent in order.
    pub ordered: Option<bool>,
    /// Time limit of a delivery, in seconds.
    #[schemars(range(min = 1, max = 60))]
    pub timeout_seconds: Option<u64>,
    /// Maximum number of deliveries at once.
    #[schemars(range(min = 1, max = 64))]
    pub concurrency: Option<u8>,
}

/// Where the events of watches are sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Destination {
    /// Id.
    pub id: DestinationId,
    /// Name for people.
    pub name: String,
    /// Principal that made it; empty for the owner.
    pub owner: PrincipalId,
    /// Address that the events are posted to.
    #[serde(with = "url_text")]
    #[schemars(with = "String", extend("format" = "uri", "maxLength" = MAX_URL))]
    pub url: Url,
    /// Types of the events that are sent.
    pub events: Patterns,
    /// Whether the events of a watch are sent in order, one at a time.
    pub ordered: bool,
    /// Time limit of a delivery, in seconds.
    pub timeout_seconds: u64,
    /// Maximum number of deliveries at once, in each process.
    pub concurrency: u8,
    /// Who has paused it, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<DestinationPause>,
    /// Time at which it was made.
    pub created: Timestamp,
    /// Time at which the secret was made that signs.
    pub secret_created: Timestamp,
}

/// A pause of a destination, until somebody resumes it. The events wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DestinationPause {
    /// Principal that has paused it; empty for the owner or the host itself.
    pub by: PrincipalId,
    /// Reason, for people.
    pub reason: String,
    /// Time at which it was paused.
    pub at: Timestamp,
}

/// State of a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DestinationState {
    /// Events are sent.
    Active,
    /// The endpoint fails. One event is sent from time to time, and the others wait.
    BackingOff {
        /// Time of the next try.
        until: Timestamp,
        /// Time of the first failure.
        since: Timestamp,
        /// Number of tries that have failed.
        failures: u32,
        /// How the last one failed.
        error: AttemptError,
    },
    /// Nothing is sent until somebody resumes it.
    Paused,
}

/// A destination with its state.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DestinationInfo {
    /// The destination.
    #[serde(flatten)]
    pub destination: Destination,
    /// Its state.
    #[serde(flatten)]
    pub state: DestinationState,
    /// Revision, which a change names as `If-Match`.
    #[serde(skip)]
    pub revision: Revision,
}

/// A destination that was made, or whose secret was replaced. The secret is shown once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewSecret {
    /// The destination.
    pub info: DestinationInfo,
    /// Secret with which the receiver verifies signatures: `whsec_` and 32 bytes in base64.
    pub secret: Secret,
}

impl Destination {
    /// Returns the time limit of a delivery.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// Returns whether it asks for events about the host itself.
    pub(crate) fn asks_for_operations(&self) -> bool {
        self.events.0.iter().any(|pattern| pattern.as_str().starts_with("tenon."))
    }

    /// Returns what is wrong with it, apart from where its address leads.
    pub(crate) fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::from_iter(check_name::<StoredDestination>(&self.name));
        let mut found = |pointer: &str, message: String| issues.push(Issue::new(pointer, message));
        if self.url.as_str().len() > MAX_URL {
            found("/url", format!("must have at most {MAX_URL} bytes"));
        }
        if self.url.fragment().is_some() {
            found("/url", "must not have a fragment, which is never sent".to_owned());
        }
        match self.events.0.len() {
            0 => found("/events", "is empty, so nothing would be sent".to_owned()),
            1..=MAX_PATTERNS => {}
            more => found("/events", format!("has {more} entries; at most {MAX_PATTERNS} are possible")),
        }
        if !(1..=MAX_TIMEOUT).contains(&self.timeout_seconds) {
            found("/timeoutSeconds", format!("must be from 1 to {MAX_TIMEOUT}"));
        }
        if !(1..=MAX_CONCURRENCY).contains(&self.concurrency) {
            found("/concurrency", format!("must be from 1 to {MAX_CONCURRENCY}"));
        }
        issues
    }
}

/// Addresses as texts.
mod url_text {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use url::Url;

    pub(super) fn serialize<S: Serializer>(url: &Url, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(url.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
        let text = String::deserialize(deserializer)?;
        Url::parse(&text).map_err(|_| de::Error::custom("is no URL, such as https://hooks.contoso.com/events"))
    }
}

fn some_url<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    url_text::deserialize(deserializer).map(Some)
}
