//! Ids that look like Graph's own and can be read back.
//!
//! An Exchange id names the mailbox, the folder and the item, so a move changes it; an immutable id
//! leaves the folder out. Both are base64 in its URL-safe form.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// The bytes before an item's mailbox, its folder's mailbox, and an immutable id.
const ITEM: [u8; 4] = [0, 3, 0x24, 0];
const IMMUTABLE: [u8; 4] = [0, 9, 0, 0x2e];
/// Real ids hold provider ids here; these bytes make sure of a `-` and a `_` in every id.
const FILLER: [u8; 18] =
    [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff, 0x4a, 0x90, 0x9d, 0xa9, 0x7a, 0x29, 0xff, 0x83, 0x5a, 0x07, 0x00, 0x9d];
const ITEM_LEN: usize = 112;
const FOLDER_LEN: usize = 88;
const IMMUTABLE_LEN: usize = 64;

/// Which form of id a client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemId {
    /// It changes when the item moves.
    Rest,
    /// `Prefer: IdType="ImmutableId"`.
    Immutable,
}

/// What an id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ItemRef {
    pub(crate) mailbox: u64,
    /// The folder, unless the id is immutable.
    pub(crate) parent: Option<u64>,
    pub(crate) key: u64,
}

/// A GUID that belongs to `name` for ever.
pub(crate) fn guid(name: &str) -> String {
    let [first, second] = mix(name);
    let text = format!("{first:016x}{second:016x}");
    // Version 4, variant 1, as real object ids have.
    format!("{}-{}-4{}-8{}-{}", &text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..32])
}

/// 128 bits that follow from a text. They need to look random, not to be secret.
fn mix(text: &str) -> [u64; 2] {
    [0xcbf2_9ce4_8422_2325_u64, 0x9e37_79b9_7f4a_7c15].map(|start| {
        // FNV-1a, finished as splitmix64 does.
        let hash = text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    })
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn build(prefix: [u8; 4], mailbox: u64, parent: u64, key: u64, length: usize) -> String {
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(prefix);
    bytes.extend([0; 5]);
    bytes.extend(FILLER);
    bytes.extend(mailbox.to_be_bytes());
    while bytes.len() < length - 17 {
        // Looks like the store's id and repeats within a mailbox, as in real ids.
        bytes.push(FILLER[6 + bytes.len() % 10] ^ mailbox.to_le_bytes()[bytes.len() % 2]);
    }
    bytes.extend(parent.to_be_bytes());
    bytes.extend(key.to_be_bytes());
    bytes.push(0);
    URL_SAFE.encode(bytes)
}

/// The id of an item, which changes when it moves.
pub(crate) fn item_id(mailbox: u64, parent: u64, key: u64) -> String {
    build(ITEM, mailbox, parent, key, ITEM_LEN)
}

/// The id of a folder or calendar, which never changes.
pub(crate) fn folder_id(mailbox: u64, key: u64) -> String {
    build(ITEM, mailbox, 0, key, FOLDER_LEN)
}

/// The immutable id of an item.
pub(crate) fn immutable_id(mailbox: u64, key: u64) -> String {
    build(IMMUTABLE, mailbox, 0, key, IMMUTABLE_LEN)
}

/// Reads an id in any of its forms, with `/` and `+` in the place of `-` and `_` too.
pub(crate) fn parse_item(id: &str) -> Option<ItemRef> {
    let bytes = URL_SAFE.decode(id.replace('/', "-").replace('+', "_")).ok()?;
    let prefix: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    let number = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let (mailbox, parent, key) =
        (number(27)?, number(bytes.len().checked_sub(17)?)?, number(bytes.len().checked_sub(9)?)?);
    let parent = match (prefix, bytes.len()) {
        (ITEM, ITEM_LEN) => Some(parent),
        (ITEM, FOLDER_LEN) | (IMMUTABLE, IMMUTABLE_LEN) => None,
        _ => return None,
    };
    Some(ItemRef { mailbox, parent, key })
}

/// Changes whenever the item does.
pub(crate) fn change_key(key: u64, version: u64) -> String {
    let mut bytes = [0_u8; 22];
    bytes[..4].copy_from_slice(&[0x09, 0, 0, 0]);
    bytes[4..12].copy_from_slice(&key.to_be_bytes());
    bytes[12..20].copy_from_slice(&version.to_be_bytes());
    STANDARD.encode(bytes)
}

/// The id of a file or folder in OneDrive.
pub(crate) fn drive_item_id(drive: u64, key: u64) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut id = String::from("01");
    for mut bits in mix(&format!("drive {drive} item {key}")) {
        for _ in 0..12 {
            id.push(char::from(letters[(bits % 32) as usize]));
            bits /= 32;
        }
    }
    // The key itself makes sure that no two items share an id.
    for place in (0..8).rev() {
        id.push(char::from(letters[((key >> (5 * place)) % 32) as usize]));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_exchange_ids_and_read_back() {
        for (mailbox, parent, key) in [(1, 2, 3), (77, 500, 123_456), (9_999, 0, 1)] {
            let id = item_id(mailbox, parent, key);
            assert_eq!(id.len(), 152);
            assert!(id.contains('-') && id.contains('_') && id.ends_with('='), "{id}");
            assert_eq!(parse_item(&id), Some(ItemRef { mailbox, parent: Some(parent), key }));
            assert_eq!(parse_item(&id.replace('-', "/").replace('_', "+")), parse_item(&id));
            assert_eq!(parse_item(&immutable_id(mailbox, key)), Some(ItemRef { mailbox, parent: None, key }));
            assert_eq!(parse_item(&folder_id(mailbox, key)), Some(ItemRef { mailbox, parent: None, key }));
        }
        assert_eq!(parse_item("AAMk"), None);
        assert_eq!(parse_item("inbox"), None);
        assert_eq!(guid("a").len(), 36);
    }
}
