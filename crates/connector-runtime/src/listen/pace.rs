//! Pace of polling: how soon a trigger is polled again that says that there is more.
//!
//! Pages without end, or in a circle, are no reason to poll without a pause. Pages on which nothing new stands are no
//! proof: a first round reads past all that was there before, and Graph sends empty pages where it filters late.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use connector_sdk::{Code, Error, Json, Link, Retry};
use serde_json::Value;

/// Number of empty pages in a row that are read without a pause.
const FEW: u32 = 20;
/// Number of empty pages in a row that are reported.
const MANY: u32 = 50;
/// Number of empty pages in a row that are taken for a list without an end: as in lists.
const ENDLESS: u32 = 1_000;
/// Number of pages in a row without a new event that are reported, and again after each [`DULL_AGAIN`] more.
const DULL: u32 = 10_000;
const DULL_AGAIN: u32 = 1_000;
/// Increment of the pause before each further empty page, up to a second.
const STEP: Duration = Duration::from_millis(10);
const LONGEST_STEP: Duration = Duration::from_secs(1);

/// Returns the pause after so many failures in a row.
pub(crate) fn backoff(interval: Duration, failures: u32) -> Duration {
    interval.min(Duration::from_secs(5)) * 2u32.pow(failures.min(6))
}

/// Returns whether a poll that failed so is repeated without anybody having to act.
pub(crate) fn passes_by_itself(error: &Error) -> bool {
    matches!(error.code(), Code::Unavailable | Code::Throttled | Code::OutcomeUnknown)
}

/// Returns the pause after an error that passes by itself and so many failures before it: no shorter than Graph asks.
pub(crate) fn pause_after(error: &Error, interval: Duration, failures: u32) -> Duration {
    let usual = backoff(interval, failures);
    match error.retryability() {
        Retry::After(after) => after.max(usual),
        _ => usual,
    }
}

/// Result of a poll, as far as the next one is concerned.
pub(super) struct Looked<'a> {
    /// Whether there is more to read right now.
    pub(super) more: bool,
    /// Whether the poll brought a new event.
    pub(super) new: bool,
    /// Whether its page had nothing on it.
    pub(super) empty: bool,
    /// Position of the next poll.
    pub(super) cursor: &'a Json,
}

/// Decision about the next poll.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NextPoll {
    /// Poll at once: there is more.
    Now,
    /// Poll after the usual interval: there is no more.
    AtItsTime,
    /// Poll after this pause.
    After(Duration),
    /// The changes do not seem to end. `hopeless`: they have come back to a position where they were.
    Stuck { why: String, hopeless: bool },
}

/// Observations since a new event came, or all was read.
#[derive(Debug, Default)]
pub(super) struct PollPace {
    places: HashSet<u64>,
    hash: RandomState,
    empty: u32,
    dull: u32,
}

impl PollPace {
    /// Returns whether a new event came with the last poll, or all was read.
    pub(super) fn is_fresh(&self) -> bool {
        self.dull == 0
    }

    /// Decides when the next poll is due.
    pub(super) fn after(&mut self, looked: &Looked<'_>) -> NextPoll {
        if looked.new || !looked.more {
            self.places.clear();
            (self.empty, self.dull) = (0, 0);
        }
        if !looked.more {
            return NextPoll::AtItsTime;
        }
        if !self.places.insert(self.hash.hash_one(place(looked.cursor))) {
            return NextPoll::Stuck { why: "a page led back to one that was read before".to_owned(), hopeless: true };
        }
        if looked.new {
            return NextPoll::Now;
        }
        self.dull += 1;
        self.empty = if looked.empty { self.empty + 1 } else { 0 };
        if self.empty == MANY || self.empty >= ENDLESS {
            return NextPoll::Stuck {
                why: format!("{} pages in a row were empty", self.empty),
                hopeless: self.empty >= ENDLESS,
            };
        }
        if self.dull >= DULL && self.dull.is_multiple_of(DULL_AGAIN) {
            return NextPoll::Stuck {
                why: format!("{} pages in a row brought nothing new", self.dull),
                hopeless: false,
            };
        }
        match self.empty.checked_sub(FEW) {
            Some(beyond) if beyond > 0 => NextPoll::After((STEP * beyond).min(LONGEST_STEP)),
            _ => NextPoll::Now,
        }
    }
}

/// Returns a cursor with its links in one spelling, so that a circle is detected however a server writes them.
fn place(cursor: &Json) -> String {
    fn respell(value: &mut Value) {
        match value {
            Value::String(text) if text.contains(['?', '/']) => *text = Link::new(text.as_str()).place(),
            Value::Array(values) => values.iter_mut().for_each(respell),
            Value::Object(object) => object.values_mut().for_each(respell),
            _ => {}
        }
    }
    match cursor.read::<Value>() {
        Ok(mut value) => {
            respell(&mut value);
            value.to_string()
        }
        Err(_) => cursor.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(at: u32) -> Json {
        Json::parse(at.to_string()).unwrap()
    }

    fn look(pace: &mut PollPace, at: u32, new: bool, empty: bool) -> NextPoll {
        pace.after(&Looked { more: true, new, empty, cursor: &cursor(at) })
    }

    #[test]
    fn a_place_that_comes_again_is_a_circle_however_long_it_is() {
        let mut pace = PollPace::default();
        assert_eq!([1, 2, 3].map(|at| look(&mut pace, at, true, false)), [NextPoll::Now, NextPoll::Now, NextPoll::Now]);
        // Its events are known the second time.
        assert_eq!([1, 2].map(|at| look(&mut pace, at, false, false)), [NextPoll::Now, NextPoll::Now]);
        assert!(
            matches!(look(&mut pace, 3, false, false), NextPoll::Stuck { hopeless: true, .. }),
            "a page that leads to itself"
        );
        let mut pace = PollPace::default();
        assert_eq!(look(&mut pace, 1, true, false), NextPoll::Now);
        assert!(matches!(look(&mut pace, 1, false, true), NextPoll::Stuck { hopeless: true, .. }));
        assert_eq!(look(&mut pace, 1, true, false), NextPoll::Now, "something new is no circle");
        assert_eq!(
            pace.after(&Looked { more: false, new: false, empty: true, cursor: &cursor(1) }),
            NextPoll::AtItsTime
        );
        assert_eq!(look(&mut pace, 1, false, false), NextPoll::Now, "the next round");
    }

    #[test]
    fn a_circle_is_one_however_its_links_are_spelt() {
        let mut pace = PollPace::default();
        let mut look = |link: &str| {
            let cursor = Json::parse(format!(r#"{{"place":{{"link":"{link}"}}}}"#)).unwrap();
            pace.after(&Looked { more: true, new: false, empty: false, cursor: &cursor })
        };
        assert_eq!(look("https://graph.microsoft.com/v1.0/users/delta?$skiptoken=a"), NextPoll::Now);
        assert_eq!(look("/v1.0/users/delta?$skiptoken=b"), NextPoll::Now);
        assert!(matches!(
            look("HTTPS://GRAPH.microsoft.com:443/v1.0/users/delta?%24skiptoken=a"),
            NextPoll::Stuck { hopeless: true, .. }
        ));
    }

    #[test]
    fn honest_pages_are_read_on_and_endless_ones_are_told_of() {
        let mut pace = PollPace::default();
        let first: Vec<NextPoll> = (0..FEW).map(|at| look(&mut pace, at, false, true)).collect();
        assert!(first.iter().all(|next| *next == NextPoll::Now));
        assert_eq!(look(&mut pace, FEW, false, true), NextPoll::After(STEP));
        let told: Vec<bool> = (FEW + 1..ENDLESS)
            .filter_map(|at| match look(&mut pace, at, false, true) {
                NextPoll::Stuck { hopeless, .. } => Some(hopeless),
                NextPoll::After(pause) => {
                    assert!(pause <= LONGEST_STEP);
                    None
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(told, [false, true]);
        assert_eq!(look(&mut pace, ENDLESS, false, false), NextPoll::Now, "something stands there");
        let dull = (ENDLESS + 1..2 * DULL)
            .filter(|at| matches!(look(&mut pace, *at, false, false), NextPoll::Stuck { hopeless: false, .. }));
        assert_eq!(dull.count(), 11);
    }
}
