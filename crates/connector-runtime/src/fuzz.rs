//! Entry points for the fuzz targets to private readers.

use connector_sdk::Secret;

use crate::connection::fuzz_import;
use crate::key::Key;
use crate::seal::{AssociatedData, open as open_sealed, seal, sealed_with};

/// Reads an export that is not sealed.
pub fn import(text: &str) {
    fuzz_import(&Secret::new(text));
}

/// Opens a document that was changed: a sealed one whose bytes are those of `change`, from the place that its first two
/// bytes name.
///
/// A fuzzer sees what a tag is compared with, and may write it into its input, so that a changed document opens is no
/// finding.
///
/// # Panics
/// When a document that was not changed does not open.
pub fn open(change: &[u8]) {
    let key = Key::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("32 bytes");
    let place = AssociatedData { kind: "connection", key: "work" };
    let _ = sealed_with(place, change);
    let _ = open_sealed(&key, place, change);
    let mut sealed = seal(&key, place, b"a document").expect("it can be sealed");
    let [first, second, change @ ..] = change else { return };
    let begin = usize::from(u16::from_le_bytes([*first, *second])) % sealed.len();
    let before = sealed.clone();
    for (byte, changed) in sealed[begin..].iter_mut().zip(change) {
        *byte ^= changed;
    }
    let opened = open_sealed(&key, place, &sealed);
    assert!(opened.is_ok() || sealed != before, "what was sealed opens");
    let _ = sealed_with(place, &sealed);
}
