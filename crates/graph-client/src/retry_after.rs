//! Parsing of `Retry-After`, in every form that occurs.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

// Longer than anybody waits, and far from overflowing an instant.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Returns the time to wait ([RFC 9110 10.2.3][1]): seconds, which Graph also sends with decimals, or a date.
///
/// A date is compared with the response's own `Date`, so that a clock that is wrong on this machine does not make us
/// early. Of several headers the longest wait counts. What cannot be read is absent.
///
/// [1]: https://www.rfc-editor.org/rfc/rfc9110.html#section-10.2.3
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    headers.get_all(RETRY_AFTER).iter().filter_map(|value| parse(value.to_str().ok()?.trim(), headers)).max()
}

fn parse(text: &str, headers: &HeaderMap) -> Option<Duration> {
    // f64 would also read "inf", "nan" and "1e9".
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let seconds: f64 = text.parse().ok()?;
        // Rounded up to a millisecond: never early.
        return Some(Duration::try_from_secs_f64((seconds * 1e3).ceil() / 1e3).unwrap_or(LONGEST).min(LONGEST));
    }
    if text.strip_prefix('-').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')) {
        return Some(Duration::ZERO);
    }
    let then = httpdate::parse_http_date(text).ok()?;
    let said = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let now = said.unwrap_or_else(SystemTime::now);
    Some(then.duration_since(now).unwrap_or_default().min(LONGEST))
}

/// Returns the time to wait that a response asks for with `Retry-After`, in every form that occurs.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    read(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &str)]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        read(&headers)
    }

    #[test]
    fn numbers() {
        for (text, milliseconds) in [
            ("0", 0),
            ("1", 1000),
            (" 5 ", 5000),
            ("0.249", 249),
            ("0.2491", 250),
            ("1.", 1000),
            (".5", 500),
            ("3600", 3_600_000),
            ("-3", 0),
            ("007", 7000),
        ] {
            assert_eq!(wait(&[("retry-after", text)]), Some(Duration::from_millis(milliseconds)), "{text:?}");
        }
        for huge in ["9".repeat(18), "9".repeat(400)] {
            assert_eq!(wait(&[("retry-after", &huge)]), Some(LONGEST));
        }
        for text in ["", "soon", "1e3", "inf", "NaN", "5s", "1,2", ".", "1.2.3", "0x10"] {
            assert_eq!(wait(&[("retry-after", text)]), None, "{text:?}");
        }
        assert_eq!(wait(&[]), None);
        assert_eq!(
            wait(&[("retry-after", "2"), ("retry-after", "7"), ("retry-after", "x")]),
            Some(Duration::from_secs(7))
        );
    }

    #[test]
    fn dates_are_held_against_the_answers_own_clock() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        // The three forms of RFC 9110 5.6.7.
        for text in ["Sun, 06 Nov 1994 08:49:47 GMT", "Sunday, 06-Nov-94 08:49:47 GMT", "Sun Nov  6 08:49:47 1994"] {
            assert_eq!(wait(&[date, ("retry-after", text)]), Some(Duration::from_secs(10)), "{text}");
        }
        assert_eq!(wait(&[date, ("retry-after", "Sun, 06 Nov 1994 08:49:07 GMT")]), Some(Duration::ZERO), "past");
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
        let waits = wait(&[("retry-after", &soon)]).unwrap();
        assert!(waits > Duration::from_secs(50) && waits <= Duration::from_secs(60), "{waits:?}");
        let far = wait(&[date, ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]).unwrap();
        assert_eq!(far, LONGEST);
    }
}
