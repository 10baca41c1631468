//! A hash for what is stored: the same on every machine and in every release.

/// The FNV-1a hash of nothing (64 bits).
pub const FNV1A: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the FNV-1a hash of what `hash` is of, followed by `bytes`.
///
/// ```
/// use connector_sdk::{FNV1A, fnv1a};
///
/// assert_eq!(fnv1a(FNV1A, b"a"), 0xaf63_dc4c_8601_ec8c);
/// assert_eq!(fnv1a(fnv1a(FNV1A, b"a"), b"b"), fnv1a(FNV1A, b"ab"));
/// ```
pub fn fnv1a(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
