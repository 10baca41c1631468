//! A span of time, in lists of what was logged.

use connector_sdk::{Error, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// From when to when. Used with `#[serde(flatten)]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// Only what happened at this time or later, as RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    since: Option<String>,
    /// Only what happened before this time, as RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    until: Option<String>,
}

impl Span {
    /// What must hold of a property.
    ///
    /// # Errors
    /// `invalid_input` for a text that is no time.
    pub fn conditions(&self, property: &str) -> Result<Vec<String>> {
        let bound = |text: &Option<String>, name: &str, operator: &str| -> Result<Option<String>> {
            let Some(text) = text else { return Ok(None) };
            let wrong = |_| {
                Error::invalid(format!("/{name}"), "this is not a time with a zone; write it as 2026-01-31T08:00:00Z")
            };
            let moment: Timestamp = text.parse().map_err(wrong)?;
            Ok(Some(format!("{property} {operator} {}", moment.strftime("%Y-%m-%dT%H:%M:%SZ"))))
        };
        let bounds = [bound(&self.since, "since", "ge")?, bound(&self.until, "until", "lt")?];
        Ok(bounds.into_iter().flatten().collect())
    }
}
