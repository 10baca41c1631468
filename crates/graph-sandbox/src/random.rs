//! Random numbers that repeat.

/// A generator of random numbers (SplitMix64). It is written out here, so that a seed gives the same numbers in each
/// release.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Creates the generator of a seed.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// Creates a generator for one purpose: the same seed and the same parts give the same numbers.
    pub(crate) fn of(seed: u64, parts: &[&str]) -> Random {
        let mut random = Random(seed ^ hash(parts));
        // Seeds that differ in one bit shall differ in what comes first, too.
        random.number();
        random
    }

    /// Draws a number.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Draws a fraction, from 0 up to and without 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Draws whether something happens that happens `of` times out of `out_of`.
    pub(crate) fn happens(&mut self, of: u64, out_of: u64) -> bool {
        self.number() % out_of.max(1) < of
    }

    /// Draws an index below `length`; 0 where there is none.
    pub(crate) fn below(&mut self, length: usize) -> usize {
        (self.number() % length.max(1) as u64) as usize
    }

    /// Puts values in another order.
    pub(crate) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

/// Hashes texts (FNV-1a), in the same way in each release.
pub(crate) fn hash(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_in_each_release() {
        let mut random = Random::new(0);
        assert_eq!([random.number(), random.number()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
        assert_eq!(hash(&[]), 0xcbf2_9ce4_8422_2325);
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        let mut values = [0, 1, 2, 3, 4, 5, 6, 7];
        random.shuffle(&mut values);
        assert_ne!(values, [0, 1, 2, 3, 4, 5, 6, 7]);
        values.sort_unstable();
        assert_eq!(values, [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
