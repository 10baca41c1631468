//! Sealed documents, which no engine can read.
//!
//! A sealed document is
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version of this format: 1 |
//! | 8 | id of the key |
//! | 24 | nonce, random |
//! | … | the document, encrypted by XChaCha20 |
//! | 16 | tag, by Poly1305 |
//!
//! The tag also covers the first two fields and the kind and key of the document: a document that was
//! copied to another place does not open there. See [RFC 8439][1] and, for the long nonce that may be
//! random, [draft-irtf-cfrg-xchacha][2].
//!
//! What this does not show is that somebody put an older version of the same document back.
//!
//! [1]: https://www.rfc-editor.org/rfc/rfc8439
//! [2]: https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-xchacha-03

mod log;
mod named_documents;
mod sealed_documents;

use chacha20poly1305::aead::{Aead, AeadInPlace, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use connector_sdk::{Code, Error, Result, Retry};
use zeroize::Zeroizing;

use crate::key::{Key, KeyId};
use crate::random;

pub(crate) use log::SealedLog;
pub(crate) use named_documents::{NamedDocument, NamedDocuments, check_name, no_such};
pub use sealed_documents::RotationReport;
pub(crate) use sealed_documents::SealedDocuments;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Length of the header before the nonce, in bytes. The tag covers it.
const HEADER: usize = 1 + KeyId::LENGTH;
const BODY: usize = HEADER + NONCE;

/// Kind and key of a document.
#[derive(Clone, Copy)]
pub(crate) struct AssociatedData<'a> {
    pub(crate) kind: &'a str,
    pub(crate) key: &'a str,
}

pub(crate) fn seal(key: &Key, place: AssociatedData<'_>, plain: &[u8]) -> Result<Vec<u8>> {
    let mut sealed = Vec::with_capacity(BODY + plain.len() + TAG);
    sealed.push(VERSION);
    sealed.extend_from_slice(key.id().bytes());
    let covered = place.covered(&sealed);
    let mut nonce = XNonce::default();
    random::fill(&mut nonce)?;
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = cipher(key)
        .encrypt_in_place_detached(&nonce, &covered, &mut sealed[BODY..])
        .map_err(|_| Error::new(Code::InvalidInput, format!("the {place} is too large to be sealed")))?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Returns the id of the key that sealed the document.
pub(crate) fn sealed_with(place: AssociatedData<'_>, sealed: &[u8]) -> Result<KeyId> {
    match sealed {
        [VERSION, rest @ ..] if sealed.len() >= BODY + TAG => {
            let id = rest.first_chunk().ok_or_else(|| place.broken())?;
            Ok(KeyId::new(*id))
        }
        [version, ..] if *version > VERSION && sealed.len() >= BODY + TAG => {
            let message = format!(
                "the {place} cannot be opened: it was sealed by a newer version of this program, or it has been changed"
            );
            Err(Error::new(Code::Unavailable, message).retry(Retry::Never).with_hint("Update this program."))
        }
        _ => Err(place.broken()),
    }
}

pub(crate) fn open(key: &Key, place: AssociatedData<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (header, body) = sealed.split_at_checked(HEADER).ok_or_else(|| place.broken())?;
    let (nonce, msg) = body.split_at_checked(NONCE).ok_or_else(|| place.broken())?;
    let payload = Payload { msg, aad: &place.covered(header) };
    cipher(key).decrypt(XNonce::from_slice(nonce), payload).map(Zeroizing::new).map_err(|_| place.broken())
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

impl AssociatedData<'_> {
    /// Returns the data that the tag covers beside the document. The length keeps kind and key apart.
    fn covered(&self, header: &[u8]) -> Vec<u8> {
        [header, &(self.kind.len() as u64).to_le_bytes(), self.kind.as_bytes(), self.key.as_bytes()].concat()
    }

    fn broken(&self) -> Error {
        Error::new(Code::Unavailable, format!("the {self} cannot be opened: it has been changed or moved"))
            .retry(Retry::Never)
            .with_hint("Restore it from a backup, or remove it and make it again.")
    }

    fn no_key(&self, id: KeyId) -> Error {
        Error::new(
            Code::Unavailable,
            format!("the {self} cannot be opened: it was sealed with key {id}, which is not at hand"),
        )
        .retry(Retry::Never)
        .with_hint("Put that key back where the keys are kept, or remove the document and make it again.")
    }
}

impl std::fmt::Display for AssociatedData<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HERE: AssociatedData<'_> = AssociatedData { kind: "connection", key: "work" };

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let key = Key::random().unwrap();
        let sealed = seal(&key, HERE, b"secret").unwrap();
        assert_eq!(**open(&key, HERE, &sealed).unwrap(), *b"secret");
        assert_eq!(sealed_with(HERE, &sealed).unwrap(), key.id());
        for elsewhere in [
            ("connection", "home"),
            ("connections", "work"),
            ("connectio", "nwork"),
            ("connectionw", "ork"),
            ("", "connectionwork"),
        ] {
            let error = open(&key, AssociatedData { kind: elsewhere.0, key: elsewhere.1 }, &sealed).unwrap_err();
            assert!(error.to_string().contains("changed or moved"), "{error}");
        }
        assert!(open(&Key::random().unwrap(), HERE, &sealed).is_err());
    }

    #[test]
    fn the_same_document_is_never_sealed_the_same_way() {
        let key = Key::random().unwrap();
        assert_ne!(seal(&key, HERE, b"secret").unwrap(), seal(&key, HERE, b"secret").unwrap());
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let key = Key::random().unwrap();
        let sealed = seal(&key, HERE, b"a document with a secret").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key, HERE, &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(open(&key, HERE, &sealed[..length]).is_err(), "cut to {length}");
        }
    }

    #[test]
    fn what_was_never_sealed_is_told_from_what_a_newer_version_sealed() {
        for nonsense in [&b""[..], b"\x01", b"plain text", &[0; 100]] {
            let error = sealed_with(HERE, nonsense).unwrap_err();
            assert_eq!((error.code(), error.retryability()), (Code::Unavailable, Retry::Never));
        }
        assert!(sealed_with(HERE, &[2; 100]).unwrap_err().to_string().contains("newer version"));
    }

    proptest! {
        #[test]
        fn any_document_comes_back(plain: Vec<u8>, kind in ".{1,20}", at in ".{1,20}") {
            let key = Key::random().unwrap();
            let place = AssociatedData { kind: &kind, key: &at };
            let sealed = seal(&key, place, &plain).unwrap();
            prop_assert_eq!(&**open(&key, place, &sealed).unwrap(), &plain);
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(bytes: Vec<u8>) {
            let key = Key::random().unwrap();
            prop_assert!(sealed_with(HERE, &bytes).is_err() || open(&key, HERE, &bytes).is_err());
        }
    }
}
