//! Doors for the fuzz targets to readers that are nobody else's.

use connector_sdk::Secret;

use crate::connection::fuzz_import;
use crate::key::Key;
use crate::seal::{Place, open as open_sealed, seal, sealed_with};

/// Reads an export that is not sealed.
pub fn import(text: &str) {
    fuzz_import(&Secret::new(text));
}

/// Opens a document that was changed: a sealed one whose bytes are those of `change`, from the place that its first two
/// bytes name.
///
/// # Panics
/// When a changed document opens.
pub fn open(change: &[u8]) {
    let key = Key::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("32 bytes");
    let place = Place { kind: "connection", key: "work" };
    let _ = sealed_with(place, change);
    assert!(open_sealed(&key, place, change).is_err(), "only what was sealed opens");
    let mut sealed = seal(&key, place, b"a document").expect("it can be sealed");
    let [first, second, change @ ..] = change else { return };
    let begin = usize::from(u16::from_le_bytes([*first, *second])) % sealed.len();
    let before = sealed.clone();
    for (byte, changed) in sealed[begin..].iter_mut().zip(change) {
        *byte ^= changed;
    }
    let opened = open_sealed(&key, place, &sealed);
    assert_eq!(opened.is_ok(), sealed == before);
    let _ = sealed_with(place, &sealed);
}
