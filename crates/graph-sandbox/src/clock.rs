//! The sandbox's time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use crate::lock;

/// A clock that can stand still and be moved forward. Clones show the same time.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Mutex<Time>>);

#[derive(Debug)]
enum Time {
    Fixed(Timestamp),
    // the computer's time and so much more
    Ahead(Duration),
}

impl Clock {
    /// The computer's time.
    pub fn system() -> Clock {
        Clock(Arc::new(Mutex::new(Time::Ahead(Duration::ZERO))))
    }
    /// A clock that stands at `now` until it is [advanced](Clock::advance).
    pub fn fixed(now: Timestamp) -> Clock {
        Clock(Arc::new(Mutex::new(Time::Fixed(now))))
    }
    /// The time it shows.
    pub fn now(&self) -> Timestamp {
        match &*lock(&self.0) {
            Time::Fixed(now) => *now,
            Time::Ahead(by) => later(Timestamp::now(), *by),
        }
    }
    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        match &mut *lock(&self.0) {
            Time::Fixed(now) => *now = later(*now, by),
            Time::Ahead(ahead) => *ahead += by,
        }
    }
    /// Sets it to `now`, forward or back, where it stands from then on.
    pub fn set(&self, now: Timestamp) {
        *lock(&self.0) = Time::Fixed(now);
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::system()
    }
}

/// `by` after `from`, or the end of time.
pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_advance_together() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        clock.clone().advance(Duration::from_secs(90));
        assert_eq!(clock.now().as_second(), 90);
        clock.clone().set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        let system = Clock::system();
        let before = Timestamp::now();
        system.advance(Duration::from_secs(3600));
        assert!(system.now() >= later(before, Duration::from_secs(3600)));
    }
}
