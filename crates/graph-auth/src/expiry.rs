//! Warnings before a client secret or a certificate expires.

use jiff::civil::Date;

/// Thresholds for warnings, in days before the expiry.
pub const WARN_AT: [i32; 3] = [60, 30, 7];

/// Expiry status of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Not close: no warning.
    Far,
    /// Close: this many days are left, and this of [`WARN_AT`] has been reached.
    Near {
        /// Days left, 0 on the last day.
        days: i32,
        /// Threshold that was reached, for reporting each only once.
        threshold: i32,
    },
    /// Expired.
    Over,
}

/// Returns the expiry status of a secret on the day `today`.
///
/// ```
/// use graph_auth::expiry::{self, Expiry};
/// use jiff::civil::date;
///
/// let expires = date(2027, 3, 31);
/// assert_eq!(expiry::of(expires, date(2026, 3, 31)), Expiry::Far);
/// assert_eq!(expiry::of(expires, date(2027, 3, 29)), Expiry::Near { days: 2, threshold: 7 });
/// assert_eq!(expiry::of(expires, date(2027, 4, 1)), Expiry::Over);
/// ```
pub fn of(expires: Date, today: Date) -> Expiry {
    let days = today.until(expires).map_or(0, |span| span.get_days());
    if days < 0 {
        return Expiry::Over;
    }
    let reached = WARN_AT.into_iter().filter(|threshold| days <= *threshold).min();
    reached.map_or(Expiry::Far, |threshold| Expiry::Near { days, threshold })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    #[test]
    fn each_threshold_is_reached_once() {
        let end = date(2026, 12, 2);
        let left = |days: i32| of(end, end - days.days());
        assert_eq!(left(400), Expiry::Far);
        assert_eq!(left(61), Expiry::Far);
        assert_eq!(left(60), Expiry::Near { days: 60, threshold: 60 });
        assert_eq!(left(31), Expiry::Near { days: 31, threshold: 60 });
        assert_eq!(left(30), Expiry::Near { days: 30, threshold: 30 });
        assert_eq!(left(7), Expiry::Near { days: 7, threshold: 7 });
        assert_eq!(left(0), Expiry::Near { days: 0, threshold: 7 });
        assert_eq!(left(-1), Expiry::Over);
    }
}
