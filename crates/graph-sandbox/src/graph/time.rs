//! Moments, as Graph prints and orders them.

use jiff::Timestamp;

/// A moment as Graph prints it, to the second.
pub(crate) fn stamp(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The moment so many seconds after `now`.
pub(crate) fn seconds_later(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(now.as_second() + seconds).unwrap_or(now)
}

/// The order in which the newest comes first.
pub(crate) fn newest_first(moment: Timestamp) -> i64 {
    -moment.as_microsecond()
}
