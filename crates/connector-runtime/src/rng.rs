//! Random numbers of the system, fetched for many runs at once: a request for them costs as much as validating an
//! input.

use std::sync::{Mutex, PoisonError};

use connector_sdk::Result;
use zeroize::{Zeroize, Zeroizing};

use crate::random;

/// Number of random bytes that a run gets.
const TAKEN: usize = 32;
/// Number of runs that are served by one request to the system.
const SHARES: usize = 64;

/// A source of random bytes that returns none of them twice.
#[derive(Default)]
pub(crate) struct Rng(Mutex<Zeroizing<Vec<u8>>>);

impl Rng {
    /// Returns bytes that nobody else has seen.
    ///
    /// # Errors
    /// `unavailable` when the system has none.
    pub(crate) fn take(&self) -> Result<[u8; TAKEN]> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if left.is_empty() {
            let mut fresh = Zeroizing::new(vec![0; TAKEN * SHARES]);
            random::fill(&mut fresh)?;
            *left = fresh;
        }
        let rest = left.len() - TAKEN;
        let mut share = [0; TAKEN];
        share.copy_from_slice(&left[rest..]);
        // What was given away is not kept.
        left[rest..].zeroize();
        left.truncate(rest);
        Ok(share)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nothing_is_given_twice() {
        let entropy = Rng::default();
        let shares: HashSet<_> = (0..3 * SHARES).map(|_| entropy.take().unwrap()).collect();
        assert_eq!(shares.len(), 3 * SHARES);
        assert!(!shares.contains(&[0; TAKEN]));
    }
}
