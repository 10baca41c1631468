//! Times that a caller gives: read exactly, or refused.

use jiff::Timestamp;

use crate::{Error, Result};

/// Maximum number of digits of a second that Graph keeps.
const GRAPH_DIGITS: usize = 7;
/// Maximum number of digits of a second that a time can have here.
const DIGITS: usize = 9;

/// Parses a time with a zone (RFC 3339), without changing it.
///
/// ```
/// let time = connector_sdk::given_time("2026-01-31T08:00:00.5+05:30", "/since").unwrap();
/// assert_eq!(time.to_string(), "2026-01-31T02:30:00.5Z");
/// assert!(connector_sdk::given_time("2026-01-31T08:00:00.0123456789Z", "/since").is_err());
/// ```
///
/// # Errors
/// `invalid_input` at `pointer` for a text that is no time, for more than nine digits of a second, and for a leap
/// second.
pub fn given_time(text: &str, pointer: &str) -> Result<Timestamp> {
    exact_text(text, DIGITS, pointer)?
        .parse()
        .map_err(|_| Error::invalid(pointer, "this is not a time with a zone; write it as 2026-01-31T08:00:00Z"))
}

/// Returns the text of a time that is sent to Graph, without digits of a second that are zero and that nobody can
/// read. It may have a zone, or none.
///
/// # Errors
/// `invalid_input` at `pointer` for more digits of a second than Graph keeps, which are seven, and for a leap second,
/// which no clock here has.
pub fn graph_time_text<'t>(text: &'t str, pointer: &str) -> Result<std::borrow::Cow<'t, str>> {
    exact_text(text, GRAPH_DIGITS, pointer)
}

fn exact_text<'t>(text: &'t str, most: usize, pointer: &str) -> Result<std::borrow::Cow<'t, str>> {
    let begin = text.find(['T', 't', ' ']).map_or(text.len(), |at| at + 1);
    let time = &text[begin..];
    if time.get(5..8) == Some(":60") {
        return Err(Error::invalid(pointer, "this is a leap second; write the second before or after it"));
    }
    let Some(point) = time.find(['.', ',']) else { return Ok(text.into()) };
    let rest = &time[point + 1..];
    let digits = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
    let kept = digits.trim_end_matches('0').len();
    if kept > most {
        return Err(Error::invalid(pointer, format!("this has {kept} digits of a second; at most {most} are kept")));
    }
    if digits.len() <= DIGITS {
        return Ok(text.into());
    }
    let cut = begin + point + 1;
    Ok(format!("{}{}", &text[..cut + DIGITS], &text[cut + digits.len()..]).into())
}

/// Returns whether something of the time `at` is from `since` or later. A time that tells whole seconds may be that of
/// anything in its second.
pub fn is_since(at: Timestamp, since: Timestamp) -> bool {
    at >= since || at.subsec_nanosecond() == 0 && at.as_second() == since.as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_exactly_or_refused() {
        for (given, read) in [
            ("2026-01-31T08:00:00Z", "2026-01-31T08:00:00Z"),
            ("2026-01-31T08:00:00.123456789Z", "2026-01-31T08:00:00.123456789Z"),
            ("2026-01-31T08:00:00.1200000000000+05:30", "2026-01-31T02:30:00.12Z"),
            ("2026-01-31t08:00:00.000000000000z", "2026-01-31T08:00:00Z"),
            ("2026-01-31T08:00:00-09:30", "2026-01-31T17:30:00Z"),
        ] {
            assert_eq!(given_time(given, "/since").unwrap().to_string(), read, "{given}");
        }
        for (bad, why) in [
            ("2026-01-31T08:00:00.1234567891Z", "digits of a second"),
            ("2016-12-31T23:59:60Z", "leap second"),
            ("2026-01-31T08:00:00", "with a zone"),
            ("2026-01-31", "with a zone"),
            ("yesterday", "with a zone"),
            ("", "with a zone"),
        ] {
            let error = given_time(bad, "/since").unwrap_err();
            let violation = &error.violations()[0];
            assert!(violation.pointer == "/since" && violation.message.contains(why), "{bad}: {error}");
        }
    }

    #[test]
    fn what_is_sent_to_graph_has_seven_digits() {
        let text = |text: &str| graph_time_text(text, "/start").map(std::borrow::Cow::into_owned);
        assert_eq!(text("2026-01-31T08:00:00.1234567+05:30").unwrap(), "2026-01-31T08:00:00.1234567+05:30");
        assert_eq!(text("2026-01-31T08:00:00.123456700").unwrap(), "2026-01-31T08:00:00.123456700");
        assert_eq!(text("2026-01-31").unwrap(), "2026-01-31");
        assert!(text("2026-01-31T08:00:00.12345678").is_err());
    }

    #[test]
    fn whole_seconds_are_not_taken_for_the_beginning_of_one() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let since = time("2026-01-31T08:00:00.5Z");
        for (at, expected) in [("08:00:00Z", true), ("08:00:00.2Z", false), ("08:00:00.7Z", true), ("07:59:59Z", false)]
        {
            assert_eq!(is_since(time(&format!("2026-01-31T{at}")), since), expected, "{at}");
        }
    }
}
