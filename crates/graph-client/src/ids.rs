//! Random identifiers that cost next to nothing.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderValue;

// Begins at a random place in each process. What comes out identifies, it protects nothing.
static STATE: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(RandomState::new().hash_one(0)));

// SplitMix64 (Steele, Lea and Flood, 2014): a counter whose bits are mixed.
fn bits() -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut z = STATE.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

// In the form of a version 4 UUID (RFC 9562).
fn letters() -> [u8; 36] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&bits().to_be_bytes());
    bytes[8..].copy_from_slice(&bits().to_be_bytes());
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = [b'-'; 36];
    let mut at = 0;
    for (i, byte) in bytes.into_iter().enumerate() {
        // The dashes stand there already.
        at += usize::from(matches!(i, 4 | 6 | 8 | 10));
        text[at] = HEX[usize::from(byte >> 4)];
        text[at + 1] = HEX[usize::from(byte & 0xf)];
        at += 2;
    }
    text
}

/// Returns a new random identifier.
pub(crate) fn fresh() -> String {
    letters().map(char::from).into_iter().collect()
}

/// Returns a new random identifier as a header's value.
pub(crate) fn header() -> HeaderValue {
    HeaderValue::from_bytes(&letters()).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// Returns a random number from 0 to 1, for spreading waits.
pub(crate) fn fraction() -> f64 {
    (bits() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_version_4_and_differ() {
        let many: std::collections::HashSet<String> = (0..1000).map(|_| fresh()).collect();
        assert_eq!(many.len(), 1000);
        for id in &many {
            let groups: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
        }
        assert!((0..1000).all(|_| (0.0..1.0).contains(&fraction())));
    }
}
