//! Hashes of what is not stored itself.

use sha2::{Digest, Sha256};

/// Returns the SHA-256 of some bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Returns the SHA-256 of several texts, one to a line, in hexadecimal digits.
pub(crate) fn sha256_of_lines(lines: &[&str]) -> String {
    sha256(lines.join("\n"))
}
