//! Durations on the command line.

use std::time::Duration;

use jiff::SignedDuration;

/// Parses a duration: `30s`, `5m`, `1h30m`, `500ms`.
///
/// # Errors
/// What would be right, as clap wants it.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let span: Option<Duration> = text.parse::<SignedDuration>().ok().and_then(|span| span.try_into().ok());
    span.filter(|span| *span > Duration::ZERO)
        .ok_or_else(|| "write it with a unit, such as 30s, 5m or 1h30m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        assert_eq!(span("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(span("500ms"), Ok(Duration::from_millis(500)));
        for bad in ["30", "", "-1s", "0s", "soon"] {
            assert!(span(bad).is_err(), "{bad}");
        }
    }
}
