//! Random identifiers that cost next to nothing.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderValue;

// Keyed hashes of a counter: unique within the process, and not the same in another. They identify,
// they protect nothing.
static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);
static COUNT: AtomicU64 = AtomicU64::new(0);

fn bits() -> u128 {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    u128::from(KEYS[0].hash_one(count)) << 64 | u128::from(KEYS[1].hash_one(count))
}

/// An identifier in the form of a version 4 UUID (RFC 9562).
pub(crate) fn fresh() -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let bits = bits() & !(0xf000_u128 << 64) & !(0xc000_u128 << 48) | 0x4000_u128 << 64 | 0x8000_u128 << 48;
    let mut text = String::with_capacity(36);
    for place in 0..32 {
        if matches!(place, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(char::from(HEX[(bits >> (124 - 4 * place)) as usize & 0xf]));
    }
    text
}

/// A fresh identifier as a header's value.
pub(crate) fn header() -> HeaderValue {
    HeaderValue::from_maybe_shared(bytes::Bytes::from(fresh())).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// A random number from 0 to 1, for spreading waits.
pub(crate) fn fraction() -> f64 {
    ((bits() >> 75) as u64) as f64 / (1_u64 << 53) as f64
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
