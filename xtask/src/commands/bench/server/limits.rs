//! Limits that the server keeps.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// At most so many in any second, of all callers together.
#[derive(Debug, Default)]
pub(super) struct Window(Mutex<VecDeque<Instant>>);

impl Window {
    pub(super) fn admits(&self, most: usize) -> bool {
        let mut admitted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while admitted.front().is_some_and(|then| now.duration_since(*then) >= Duration::from_secs(1)) {
            admitted.pop_front();
        }
        let free = admitted.len() < most;
        if free {
            admitted.push_back(now);
        }
        free
    }
}

/// So many at once for each name.
#[derive(Debug, Clone, Default)]
pub(super) struct AtOnce(Arc<Mutex<HashMap<String, usize>>>);

/// A place among those at once.
pub(super) struct Place(AtOnce, String);

impl AtOnce {
    pub(super) fn enter(&self, name: &str, most: usize) -> Option<Place> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.entry(name.to_owned()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place(self.clone(), name.to_owned()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.1) {
            *count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_kept() {
        let window = Window::default();
        assert_eq!((0..5).filter(|_| window.admits(3)).count(), 3);
        let at_once = AtOnce::default();
        let first = at_once.enter("adele", 1);
        assert!(first.is_some() && at_once.enter("adele", 1).is_none() && at_once.enter("megan", 1).is_some());
        drop(first);
        assert!(at_once.enter("adele", 1).is_some());
    }
}
