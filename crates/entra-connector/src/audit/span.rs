//! A span of time, in lists of what was logged.

use connector_sdk::{Result, given_time, graph_time_text};
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
    /// `invalid_input` for a text that is no time, or one that Graph does not keep.
    pub fn conditions(&self, property: &str) -> Result<Vec<String>> {
        let bound = |text: &Option<String>, name: &str, operator: &str| -> Result<Option<String>> {
            let Some(text) = text else { return Ok(None) };
            let pointer = format!("/{name}");
            let moment = given_time(&graph_time_text(text, &pointer)?, &pointer)?;
            Ok(Some(format!("{property} {operator} {moment}")))
        };
        let bounds = [bound(&self.since, "since", "ge")?, bound(&self.until, "until", "lt")?];
        Ok(bounds.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_passed_on_exactly_or_refused() {
        let conditions = |since: &str| {
            Span { since: Some(since.to_owned()), until: None }.conditions("createdDateTime").map(|all| all.join(""))
        };
        assert_eq!(conditions("2026-01-31T08:00:00+05:30").unwrap(), "createdDateTime ge 2026-01-31T02:30:00Z");
        assert_eq!(conditions("2026-01-31T08:00:00.5Z").unwrap(), "createdDateTime ge 2026-01-31T08:00:00.5Z");
        for bad in ["2026-01-31T08:00:00.12345678Z", "2026-01-31"] {
            assert_eq!(conditions(bad).unwrap_err().violations()[0].pointer, "/since", "{bad}");
        }
    }
}
