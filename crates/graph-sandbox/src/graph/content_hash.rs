//! The hash of a file's content, as OneDrive has it: the sandbox's own, so that a mistake of the client's does not
//! agree with itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How many bytes the hash has.
const BYTES: usize = 20;

/// The [quickXorHash][1] of a content, in base64. Byte by byte, as Microsoft explains it: each is turned eleven bits
/// further than the one before it, all are put together by exclusive or, and so is the length, in the last eight bytes.
///
/// [1]: https://learn.microsoft.com/en-us/onedrive/developer/code-snippets/quickxorhash
pub(crate) fn quick_xor(content: &[u8]) -> String {
    let mut hash = [0_u8; BYTES];
    let mut bit = 0;
    for byte in content {
        let [low, high] = (u16::from(*byte) << (bit % 8)).to_le_bytes();
        hash[bit / 8] ^= low;
        hash[(bit / 8 + 1) % BYTES] ^= high;
        bit = (bit + 11) % (8 * BYTES);
    }
    for (place, length) in (content.len() as u64).to_le_bytes().into_iter().enumerate() {
        hash[BYTES - 8 + place] ^= length;
    }
    STANDARD.encode(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Of Microsoft's own code, as others publish its results.
    #[test]
    fn it_is_microsofts() {
        for (content, hash) in [
            ("", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            ("Sg==", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="),
            ("tbQ=", "taAFAAAAAAAAAAAAAgAAAAAAAAA="),
            ("0pZP", "0rDEEwAAAAAAAAAAAwAAAAAAAAA="),
            ("jRRDVA==", "jaDAEKgAAAAAAAAABAAAAAAAAAA="),
            ("eAV52qE=", "eChAHrQRCgAAAAAABQAAAAAAAAA="),
        ] {
            assert_eq!(quick_xor(&STANDARD.decode(content).unwrap()), hash, "{content}");
        }
    }

    #[test]
    fn the_clients_is_the_same() {
        let content: Vec<u8> = (0..2_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for length in [1, 14, 15, 20, 159, 160, 161, 1_999] {
            assert_eq!(connector_sdk::QuickXor::of(&content[..length]), quick_xor(&content[..length]), "{length}");
        }
    }
}
