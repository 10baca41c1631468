//! Times with their units, as people write them.

use std::time::Duration;

use connector_sdk::{Error, Result};
use jiff::SignedDuration;

/// Parses a time with its unit: `500ms`, `30s`, `5m`, `1h30m`, `90d`. A day has 24 hours.
///
/// ```
/// use std::time::Duration;
///
/// use connector_runtime::parse_duration;
///
/// assert_eq!(parse_duration("1h30m").unwrap(), Duration::from_secs(5400));
/// assert!(parse_duration("30").is_err(), "a unit is missing");
/// ```
///
/// # Errors
/// `invalid_input` for anything else, and for a time that is not above zero.
pub fn parse_duration(text: &str) -> Result<Duration> {
    let span: Option<SignedDuration> = match text.strip_suffix('d').map(str::parse::<i64>) {
        Some(days) => days.ok().and_then(|days| days.checked_mul(24 * 3600)).map(SignedDuration::from_secs),
        None => text.parse().ok(),
    };
    let span = span.and_then(|span| Duration::try_from(span).ok()).filter(|span| *span > Duration::ZERO);
    span.ok_or_else(|| Error::invalid("", "is no time with a unit, such as 30s, 5m or 1h30m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit() {
        for (text, seconds) in [("1h30m", 5400.0), ("500ms", 0.5), ("90d", 7_776_000.0), ("2s", 2.0)] {
            assert_eq!(parse_duration(text).unwrap().as_secs_f64(), seconds, "{text}");
        }
        for bad in ["30", "", "-1s", "0s", "0d", "d", "-1d", "1.5d", "soon", "99999999999999999999d"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
