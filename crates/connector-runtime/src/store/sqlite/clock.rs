//! The clock of the engine.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Milliseconds since 1970, UTC, as the file stores times.
pub(super) type Millis = i64;

/// Maximum correction of a clock. What began later than that from now began under a wrong clock.
pub(super) const CORRECTION: Millis = 5_000;

/// Source of the time.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    /// Clock of the machine, which all processes that share a file have in common, and which goes on over restarts.
    Machine,
    /// Clock of Tokio, which a test can pause.
    Tokio { since: tokio::time::Instant, at: Millis },
}

impl Clock {
    pub(super) fn machine() -> Clock {
        Clock::Machine
    }

    pub(super) fn tokio() -> Clock {
        Clock::Tokio { since: tokio::time::Instant::now(), at: Clock::Machine.now() }
    }

    pub(super) fn now(&self) -> Millis {
        match self {
            Clock::Machine => millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
            Clock::Tokio { since, at } => at + millis(since.elapsed()),
        }
    }
}

/// Converts a span into whole milliseconds, rounded up so that no wait and no lock is shorter than it was requested to
/// be, and cut where sums would overflow.
pub(super) fn millis(span: Duration) -> Millis {
    const LONGEST: u128 = i64::MAX as u128 / 4;
    i64::try_from(span.as_nanos().div_ceil(1_000_000).min(LONGEST)).unwrap_or(i64::MAX / 4)
}

/// Returns the span from one time to another; zero when it is in the past.
pub(super) fn span(from: Millis, to: Millis) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

/// Converts a time for display.
pub(super) fn timestamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_round_up_and_never_overflow() {
        assert_eq!(millis(Duration::from_nanos(1)), 1);
        assert_eq!(millis(Duration::from_micros(1500)), 2);
        assert_eq!(millis(Duration::ZERO), 0);
        let far = Clock::Machine.now().checked_add(millis(Duration::MAX)).expect("no overflow");
        assert_eq!(timestamp(far), Timestamp::MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_moves_the_store_along() {
        let clock = Clock::tokio();
        let before = clock.now();
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(clock.now() - before, 60_000);
    }
}
