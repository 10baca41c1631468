//! The encryption of a file's content, chunk by chunk.
//!
//! Each file has a random key of its own. Its chunks are sealed by ChaCha20-Poly1305 in the STREAM construction
//! ([Hoang, Reyhanitabar, Rogaway and Vizár][1]): the nonce of a chunk has its position and whether it is the last one.
//! So a chunk opens in its place alone, and the end of the file cannot be cut off or moved.
//!
//! It is `ring`'s, which is fast without optimisation too: a file is larger than all that is sealed elsewhere.
//!
//! [1]: https://eprint.iacr.org/2015/189

use connector_sdk::{Code, Error, Result, Retry};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::FileId;
use crate::key::Key;

/// Number of bytes of a file that are sealed together.
pub(super) const CHUNK: usize = 64 * 1024;
/// Number of bytes by which a sealed chunk is longer.
pub(super) const TAG: usize = 16;
/// Length of a sealed chunk, except the last one, in bytes.
pub(super) const SEALED_CHUNK: usize = CHUNK + TAG;
/// What the tag covers beside the chunk, before the id of the file.
const FORMAT: &[u8] = b"tenon temporary file 1\n";

/// The cipher of one file.
pub(super) struct ChunkCipher {
    key: LessSafeKey,
    covered: Vec<u8>,
}

impl ChunkCipher {
    /// Creates the cipher of the file `id`. No other file may have its key: the nonces differ by the position alone.
    ///
    /// # Errors
    /// `bug` for a key of another length, which there is none of.
    pub(super) fn new(key: &Key, id: &FileId) -> Result<ChunkCipher> {
        let key =
            UnboundKey::new(&CHACHA20_POLY1305, key.bytes()).map_err(|_| Error::bug("a key has another length"))?;
        Ok(ChunkCipher { key: LessSafeKey::new(key), covered: [FORMAT, id.as_str().as_bytes()].concat() })
    }

    /// Seals the chunk at this position, of at most [`CHUNK`] bytes.
    ///
    /// # Errors
    /// `invalid_input` for a position beyond 2³², at 256 TiB.
    pub(super) fn seal(&self, position: u64, is_last: bool, chunk: &mut Vec<u8>) -> Result<()> {
        let too_large = || Error::new(Code::InvalidInput, "the file is too large to be encrypted");
        let nonce = nonce(position, is_last).ok_or_else(too_large)?;
        self.key.seal_in_place_append_tag(nonce, Aad::from(&self.covered), chunk).map_err(|_| too_large())
    }

    /// Opens what was sealed at this position.
    ///
    /// # Errors
    /// `unavailable` when it is anything else.
    pub(super) fn open(&self, position: u64, is_last: bool, sealed: &[u8]) -> Result<Vec<u8>> {
        let mut chunk = sealed.to_vec();
        let nonce = nonce(position, is_last).ok_or_else(broken)?;
        let length = self.key.open_in_place(nonce, Aad::from(&self.covered), &mut chunk).map_err(|_| broken())?.len();
        chunk.truncate(length);
        Ok(chunk)
    }
}

/// Returns the nonce of a chunk: seven zeros, the position, and whether it is the last one. `None` for a position that
/// does not fit.
fn nonce(position: u64, is_last: bool) -> Option<Nonce> {
    let mut nonce = [0; NONCE_LEN];
    let (position_at, last_at) = (NONCE_LEN - 5, NONCE_LEN - 1);
    nonce[position_at..last_at].copy_from_slice(&u32::try_from(position).ok()?.to_be_bytes());
    nonce[last_at] = u8::from(is_last);
    Some(Nonce::assume_unique_for_key(nonce))
}

/// Creates the error for content that is not the one that was stored.
pub(super) fn broken() -> Error {
    Error::new(Code::Unavailable, "the content of the file has been changed or is gone")
        .retry(Retry::Never)
        .with_hint("Store the file again.")
}

/// Returns the number of chunks of a file of this size. An empty file has an empty chunk, which shows that it is empty.
pub(super) const fn chunks(size: u64) -> u64 {
    let whole = size.div_ceil(CHUNK as u64);
    if whole == 0 { 1 } else { whole }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cipher(key: &Key, id: u8) -> ChunkCipher {
        ChunkCipher::new(key, &FileId::parse(&hex::encode([id; 16])).unwrap()).unwrap()
    }

    fn sealed(cipher: &ChunkCipher, position: u64, is_last: bool, plain: &[u8]) -> Vec<u8> {
        let mut chunk = plain.to_vec();
        cipher.seal(position, is_last, &mut chunk).unwrap();
        assert_eq!(chunk.len(), plain.len() + TAG);
        chunk
    }

    #[test]
    fn a_chunk_opens_in_its_place_of_its_file_alone() {
        let key = Key::random().unwrap();
        let own = cipher(&key, 1);
        let chunk = sealed(&own, 3, false, b"content");
        assert_eq!(own.open(3, false, &chunk).unwrap(), b"content");
        assert!(own.open(3, true, &chunk).is_err(), "it is not the last one");
        assert!(own.open(2, false, &chunk).is_err() && own.open(4, false, &chunk).is_err(), "it is elsewhere");
        assert!(own.open(3 + (1 << 32), false, &chunk).is_err());
        assert!(cipher(&key, 2).open(3, false, &chunk).is_err(), "it is of another file");
        assert!(cipher(&Key::random().unwrap(), 1).open(3, false, &chunk).is_err());
        assert!(own.seal(1 << 32, false, &mut Vec::new()).is_err());
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let own = cipher(&Key::random().unwrap(), 1);
        let chunk = sealed(&own, 0, true, b"some content");
        for bit in 0..chunk.len() * 8 {
            let mut changed = chunk.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(own.open(0, true, &changed).is_err(), "bit {bit}");
        }
        for length in 0..chunk.len() {
            assert!(own.open(0, true, &chunk[..length]).is_err(), "cut to {length}");
        }
        assert!(own.open(0, true, &[&chunk[..], b"x"].concat()).is_err());
    }

    #[test]
    fn chunks_are_counted_up_to_the_last_byte() {
        let chunk = CHUNK as u64;
        for (size, count) in [(0, 1), (1, 1), (chunk - 1, 1), (chunk, 1), (chunk + 1, 2), (2 * chunk, 2)] {
            assert_eq!(chunks(size), count, "{size}");
        }
    }

    proptest! {
        #[test]
        fn any_chunk_comes_back(plain: Vec<u8>, position: u32, is_last: bool) {
            let own = cipher(&Key::random().unwrap(), 1);
            let chunk = sealed(&own, position.into(), is_last, &plain);
            prop_assert_eq!(own.open(position.into(), is_last, &chunk).unwrap(), plain);
        }
    }
}
