//! Where a trigger begins.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Result, given_time};

/// The time from which a trigger reports events. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Beginning {
    /// Only events at this time or later, as RFC 3339. The default is the time at which the trigger starts.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
}

impl Beginning {
    /// Returns the time; without one, `now`.
    ///
    /// # Errors
    /// `invalid_input` at `/since` for a text that is no time.
    pub fn moment(&self, now: Timestamp) -> Result<Timestamp> {
        // Graph tells times in seconds, so what happens in this second must not look older than now.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        self.since.as_deref().map_or(Ok(now), parse_since)
    }
}

/// Parses the property `since` of a trigger.
///
/// # Errors
/// `invalid_input` at `/since`, as [`given_time`].
pub fn parse_since(text: &str) -> Result<Timestamp> {
    given_time(text, "/since")
}
