//! Wrong keys: who sends many of them is not listened to for a while.
//!
//! A key has 256 random bits, so guessing leads nowhere; but each try costs a look into the store. Wrong keys are
//! counted by the address that they come from and by the id that they name. A key that was right a moment ago is looked
//! up all the same, so that nobody is locked out by another one behind the same proxy.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use connector_runtime::Secret;
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::problem::{Problem, ServiceCode};

/// Window in which wrong keys are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// Number of addresses and ids that are counted, and of keys that are known to be right.
const KEPT: usize = 10_000;

/// Time for which a key counts as right a moment ago.
const GOOD: Duration = Duration::from_secs(60 * 60);

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    Address(Option<IpAddr>),
    Id(String),
    /// All that there is no more room for.
    Others,
}

/// Wrong keys of the last minute.
pub(crate) struct Tries {
    most: u32,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    wrong: HashMap<Counted, (u32, Instant)>,
    good: HashMap<[u8; 32], Instant>,
}

/// One try of a key.
pub(crate) struct Try {
    by: [Counted; 2],
    hash: [u8; 32],
}

impl Tries {
    /// Creates an empty count. `most`: how many wrong keys are looked up in a window.
    pub(crate) fn new(most: u32) -> Tries {
        Tries { most, counts: Mutex::default() }
    }

    /// Begins a try.
    ///
    /// # Errors
    /// `unauthenticated` with the status 429 after too many wrong keys.
    pub(crate) fn begin(&self, from: Option<IpAddr>, key: &Secret) -> Result<Try, Problem> {
        let id = key.expose().split('_').nth(1).unwrap_or_default();
        let id = Counted::Id(id.chars().take(64).collect());
        let this = Try { by: [Counted::Address(from), id], hash: Sha256::digest(key.expose()).into() };
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if counts.good.get(&this.hash).is_some_and(|until| *until > now) {
            return Ok(this);
        }
        let left = this.by.iter().filter_map(|counted| counts.left(counted, self.most, now)).max();
        left.map_or(Ok(this), |left| Err(too_many(left)))
    }

    /// Ends a try.
    pub(crate) fn end(&self, this: Try, was_right: bool) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if was_right {
            if counts.good.len() >= KEPT {
                counts.good.retain(|_, until| *until > now);
            }
            if counts.good.len() < KEPT {
                counts.good.insert(this.hash, now + GOOD);
            }
            return;
        }
        counts.good.remove(&this.hash);
        for counted in this.by {
            counts.add(counted, now);
        }
    }
}

impl Counts {
    // Time until one is listened to again; `None` at once.
    fn left(&self, counted: &Counted, most: u32, now: Instant) -> Option<Duration> {
        let known = if self.wrong.contains_key(counted) { counted } else { &Counted::Others };
        let (count, since) = self.wrong.get(known)?;
        let until = *since + WINDOW;
        (*count >= most && until > now).then(|| until - now)
    }

    fn add(&mut self, counted: Counted, now: Instant) {
        if self.wrong.len() >= KEPT {
            self.wrong.retain(|_, (_, since)| *since + WINDOW > now);
        }
        let has_room = self.wrong.len() < KEPT || self.wrong.contains_key(&counted);
        let counted = if has_room { counted } else { Counted::Others };
        let (count, since) = self.wrong.entry(counted).or_insert((0, now));
        if *since + WINDOW <= now {
            (*count, *since) = (0, now);
        }
        *count += 1;
    }
}

fn too_many(left: Duration) -> Problem {
    let mut problem =
        Problem::new(ServiceCode::Unauthenticated, "too many wrong keys came from this address, or with this id")
            .with("reason", "too_many_tries");
    problem.set_status(StatusCode::TOO_MANY_REQUESTS);
    problem.set_header(header::RETRY_AFTER, HeaderValue::from(left.as_secs().max(1)));
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u32 = 30;

    fn ended(tries: &Tries, from: u8, key: &str, was_right: bool) -> bool {
        let from = Some(IpAddr::from([10, 0, 0, from]));
        tries.begin(from, &Secret::new(key)).map(|this| tries.end(this, was_right)).is_ok()
    }

    #[test]
    fn guesses_are_counted_by_address_and_by_id() {
        let tries = Tries::new(MOST);
        assert!(ended(&tries, 1, "tnk_right_x", true));
        for guess in 0..MOST {
            assert!(ended(&tries, 1, &format!("tnk_id{guess}_x"), false));
        }
        assert!(!ended(&tries, 1, "tnk_new_x", false), "the address is known by now");
        assert!(ended(&tries, 1, "tnk_right_x", true), "a key that was right is looked up");
        assert!(ended(&tries, 2, "tnk_new_x", true), "another address is another caller");
        for from in 10..10 + MOST as u8 {
            assert!(ended(&tries, from, "tnk_victim_x", false));
        }
        assert!(!ended(&tries, 100, "tnk_victim_y", false), "the id is known by now");
    }

    #[test]
    fn what_is_counted_has_a_bound() {
        let tries = Tries::new(MOST);
        for at in 0..30_000_u32 {
            let from = Some(IpAddr::from(at.to_be_bytes()));
            if let Ok(this) = tries.begin(from, &Secret::new(format!("tnk_{at}_x"))) {
                tries.end(this, false);
            }
        }
        let counts = tries.counts.lock().unwrap();
        assert!(counts.wrong.len() <= KEPT + 1, "{}", counts.wrong.len());
    }
}
