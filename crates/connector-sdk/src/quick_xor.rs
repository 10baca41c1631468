//! The quickXorHash of file contents in OneDrive and SharePoint.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Size of the hash, in bits.
const BITS: usize = 160;
/// Number of bits by which each byte is rotated further than the one before it.
const SHIFT: usize = 11;

/// A streaming [quickXorHash][1]. It detects damage; it is no protection against deliberate forgery.
///
/// [1]: https://learn.microsoft.com/en-us/onedrive/developer/code-snippets/quickxorhash
#[derive(Clone)]
pub struct QuickXor {
    // Bytes that are 160 apart are turned alike, because 160 times 11 is a multiple of 160: what falls on
    // one place is brought together first and turned once, at the end.
    places: [u8; BITS],
    length: u64,
}

impl Default for QuickXor {
    fn default() -> QuickXor {
        QuickXor { places: [0; BITS], length: 0 }
    }
}

impl QuickXor {
    /// Returns the hash of a whole content in base64, as Graph writes it.
    pub fn of(content: &[u8]) -> String {
        let mut hash = QuickXor::default();
        hash.update(content);
        hash.to_string()
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let at = (self.length % BITS as u64) as usize;
        let (head, rest) = bytes.split_at(bytes.len().min(BITS - at));
        let add =
            |places: &mut [u8], bytes: &[u8]| places.iter_mut().zip(bytes).for_each(|(place, byte)| *place ^= byte);
        add(&mut self.places[at..], head);
        for chunk in rest.chunks(BITS) {
            add(&mut self.places, chunk);
        }
        self.length += bytes.len() as u64;
    }

    /// Returns the hash of all bytes so far.
    pub fn finish(&self) -> [u8; BITS / 8] {
        let mut out = [0_u8; BITS / 8];
        for (i, place) in self.places.iter().enumerate() {
            let bit = i * SHIFT % BITS;
            let turned = u16::from(*place) << (bit % 8);
            let [low, high] = turned.to_le_bytes();
            out[bit / 8] ^= low;
            out[(bit / 8 + 1) % (BITS / 8)] ^= high;
        }
        let end = out.len() - 8;
        out[end..].iter_mut().zip(self.length.to_le_bytes()).for_each(|(byte, length)| *byte ^= length);
        out
    }
}

/// Formats the hash in base64, as Graph writes it.
impl fmt::Display for QuickXor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.finish()))
    }
}

impl fmt::Debug for QuickXor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QuickXor({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Bit by bit, as Microsoft explains it.
    fn slowly(content: &[u8]) -> String {
        let mut bits = [false; BITS];
        for (i, byte) in content.iter().enumerate() {
            (0..8).for_each(|bit| bits[(i * SHIFT + bit) % BITS] ^= byte >> bit & 1 == 1);
        }
        let length = content.len() as u64;
        (0..64).for_each(|bit| bits[BITS - 64 + bit] ^= length >> bit & 1 == 1);
        let bytes: Vec<u8> =
            bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
        STANDARD.encode(bytes)
    }

    #[test]
    fn it_is_what_microsoft_describes_however_the_bytes_come() {
        assert_eq!(QuickXor::of(b""), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!(QuickXor::of(&[0x4a]), "SgAAAAAAAAAAAAAAAQAAAAAAAAA=");
        assert_eq!(QuickXor::of(&[0xb5, 0xb4]), "taAFAAAAAAAAAAAAAgAAAAAAAAA=");
        let content: Vec<u8> = (0..5000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for length in [1, 19, 20, 159, 160, 161, 320, 4999] {
            let whole = &content[..length];
            assert_eq!(QuickXor::of(whole), slowly(whole), "{length}");
            for step in [1, 7, 160, 163] {
                let mut parts = QuickXor::default();
                whole.chunks(step).for_each(|part| parts.update(part));
                assert_eq!(parts.to_string(), slowly(whole), "{length} by {step}");
            }
        }
    }
}
