//! Durations on the command line.

use std::time::Duration;

use connector_runtime::parse_duration;

/// Parses a duration: `30s`, `5m`, `1h30m`, `500ms`.
///
/// # Errors
/// What would be right, as clap wants it.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|_| "write it with a unit, such as 30s, 5m or 1h30m".to_owned())
}
