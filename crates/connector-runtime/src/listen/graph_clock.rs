//! Graph's clock: what it shows when this machine's shows another time.
//!
//! A trigger compares times of items, which are Graph's, with the time of its poll. A machine that is some minutes
//! ahead would take what is new for old, and lose it; one that is behind would take what is old for new. So a poll has
//! Graph's time: a poll that was made at another one is dropped before it is committed, and made again.

use std::sync::{Arc, Mutex, PoisonError};

use graph_client::{CallEvent, Observer};
use jiff::{SignedDuration, Timestamp};

use crate::host::Now;

/// Time by which this machine may be behind Graph. A response takes a while, and tells whole seconds.
const BEHIND: SignedDuration = SignedDuration::from_secs(2);

/// Difference between Graph's clock and this machine's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GraphClock {
    offset: SignedDuration,
}

impl GraphClock {
    /// Returns Graph's time when this machine's clock shows `local`.
    pub(super) fn at(self, local: Timestamp) -> Timestamp {
        local.saturating_add(self.offset).unwrap_or(local)
    }

    /// Returns the clock as a response shows it, if a poll at `now` was not at Graph's time.
    pub(super) fn corrected(now: Timestamp, response: Option<ResponseTime>) -> Option<GraphClock> {
        let ResponseTime { date, received } = response?;
        // The poll began before Graph responded, by any clock that is right.
        let is_ahead = now.as_second() > date.as_second();
        let is_behind = date.duration_since(now) > BEHIND + received.waited;
        (is_ahead || is_behind).then(|| GraphClock { offset: date.duration_since(received.local) })
    }
}

/// Time of a response, by both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResponseTime {
    date: Timestamp,
    received: Received,
}

#[derive(Debug, Clone, Copy)]
struct Received {
    local: Timestamp,
    // Time for which it was waited.
    waited: SignedDuration,
}

/// An observer of the time of a poll's first response.
pub(super) struct FirstResponse {
    now: Arc<Now>,
    time: Mutex<Option<ResponseTime>>,
}

impl FirstResponse {
    /// Creates an observer that has seen none. `now` reads this machine's clock.
    pub(super) fn new(now: Arc<Now>) -> FirstResponse {
        FirstResponse { now, time: Mutex::new(None) }
    }

    /// Returns the time of the first response, if one told it.
    pub(super) fn time(&self) -> Option<ResponseTime> {
        *self.time.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for FirstResponse {
    fn call_ended(&self, event: &CallEvent<'_>) {
        let Some(date) = event.date.and_then(|date| Timestamp::try_from(date).ok()) else { return };
        let waited = SignedDuration::try_from(event.duration).unwrap_or(SignedDuration::MAX);
        let received = Received { local: (self.now)(), waited };
        let mut time = self.time.lock().unwrap_or_else(PoisonError::into_inner);
        time.get_or_insert(ResponseTime { date, received });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: i64 = 1_700_000_000;

    // By how much Graph's clock is taken to differ, where it shows so much more, and the response took so long.
    fn offset(more: i64, waited: i64) -> Option<i64> {
        let second = |second| Timestamp::from_second(second).unwrap();
        let received = Received { local: second(LOCAL + waited), waited: SignedDuration::from_secs(waited) };
        let response = ResponseTime { date: second(LOCAL + more), received };
        let now = second(LOCAL) + SignedDuration::from_millis(700);
        GraphClock::corrected(now, Some(response)).map(|clock| clock.offset.as_secs())
    }

    #[test]
    fn a_clock_that_is_right_is_kept() {
        assert_eq!([offset(0, 0), offset(1, 1), offset(2, 0), offset(30, 30)], [None; 4]);
        assert!(GraphClock::corrected(Timestamp::UNIX_EPOCH, None).is_none());
    }

    #[test]
    fn a_clock_that_is_wrong_is_set_to_no_later_than_graphs() {
        assert_eq!([offset(-1, 0), offset(-180, 2)], [Some(-1), Some(-182)]);
        assert_eq!([offset(7, 0), offset(3600, 20)], [Some(7), Some(3580)]);
        let local = Timestamp::from_second(LOCAL).unwrap();
        let ahead = GraphClock { offset: SignedDuration::from_mins(-5) };
        assert_eq!(ahead.at(local).as_second(), LOCAL - 300);
    }
}
