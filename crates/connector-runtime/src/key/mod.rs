//! The keys that seal secrets at rest.

mod file;
#[cfg(feature = "keyring")]
mod keyring;
#[cfg(not(feature = "keyring"))]
mod no_keyring;
mod source;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Code, Error, Result};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use source::KeySource;

use crate::random;
use file::Stamp;

/// A key of 256 bits. It is wiped from memory with its last clone, and `Debug` shows its id alone.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    secret: Arc<Zeroizing<[u8; Key::LENGTH]>>,
}

/// Id of a key, which reveals nothing about it: the first bytes of a hash of the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KeyId::LENGTH]);

impl Key {
    /// Length of a key, in bytes.
    pub(crate) const LENGTH: usize = 32;

    /// Creates a random key.
    ///
    /// # Errors
    /// `unavailable` when the system gives no random bytes.
    pub fn random() -> Result<Key> {
        Key::make(random::fill)
    }

    /// Creates a key whose bytes `fill` writes.
    pub(crate) fn make(fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Key> {
        let mut secret = Zeroizing::new([0; Key::LENGTH]);
        fill(&mut *secret)?;
        Ok(Key::new(secret))
    }

    /// Parses a key: 32 bytes in base64, as `openssl rand -base64 32` prints them.
    ///
    /// # Errors
    /// `invalid_input` when it is something else. The text is not repeated.
    pub fn parse(text: &str) -> Result<Key> {
        let mut secret = Zeroizing::new([0; Key::LENGTH]);
        // Decoding wants room for what 44 characters could at most hold, which is one byte more.
        let mut room = Zeroizing::new([0; Key::LENGTH + 1]);
        match STANDARD.decode_slice(text.trim(), &mut *room) {
            Ok(Key::LENGTH) => secret.copy_from_slice(&room[..Key::LENGTH]),
            _ => {
                return Err(Error::new(Code::InvalidInput, "this is not a key: 32 bytes in base64 are needed")
                    .with_hint("Make one with `openssl rand -base64 32`."));
            }
        }
        Ok(Key::new(secret))
    }

    fn new(secret: Zeroizing<[u8; Key::LENGTH]>) -> Key {
        let digest = Sha256::new().chain_update("tenon key id\0").chain_update(*secret).finalize();
        let mut id = [0; KeyId::LENGTH];
        id.copy_from_slice(&digest[..KeyId::LENGTH]);
        Key { id: KeyId(id), secret: Arc::new(secret) }
    }

    /// Returns the id, which may be shown.
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn bytes(&self) -> &[u8; Key::LENGTH] {
        &self.secret
    }

    /// Formats the key as [`Key::parse`] reads it.
    pub(crate) fn print(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        STANDARD.encode_string(self.bytes(), &mut text);
        text
    }
}

impl KeyId {
    /// Length of an id, in bytes.
    pub(crate) const LENGTH: usize = 8;

    pub(crate) fn new(bytes: [u8; KeyId::LENGTH]) -> KeyId {
        KeyId(bytes)
    }
    pub(crate) fn bytes(&self) -> &[u8; KeyId::LENGTH] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

/// The key that seals, and older ones that can still open. Clones share one ring.
///
/// ```
/// use connector_runtime::{Key, KeyRing};
///
/// let (new, old) = (Key::random().unwrap(), Key::random().unwrap());
/// let ring = KeyRing::new(new.clone()).with_older(old.clone());
/// assert!(ring.current().is_some_and(|key| key.id() == new.id()), "the first key seals");
/// assert!(ring.ids().contains(&old.id()), "all of them open");
/// ```
#[derive(Clone)]
pub struct KeyRing {
    /// Keys, of which the first one seals. Empty while the source has none, or none that can be read.
    keys: Arc<RwLock<Vec<Key>>>,
    source: Option<Arc<KeySource>>,
    /// Stamp of the source's file at the last read.
    read: Arc<Mutex<Option<Stamp>>>,
}

impl KeyRing {
    /// Creates a ring with one key, which the caller keeps.
    pub fn new(key: Key) -> KeyRing {
        KeyRing::of(vec![key], None, None)
    }

    fn of(keys: Vec<Key>, source: Option<Arc<KeySource>>, read: Option<Stamp>) -> KeyRing {
        KeyRing { keys: Arc::new(RwLock::new(keys)), source, read: Arc::new(Mutex::new(read)) }
    }

    /// Creates a ring with a key that nobody keeps: for a store in memory.
    ///
    /// # Errors
    /// `unavailable` when the system gives no random bytes.
    pub fn random() -> Result<KeyRing> {
        Ok(KeyRing::new(Key::random()?))
    }

    /// Adds an older key, which can only open what it has sealed.
    #[must_use]
    pub fn with_older(self, key: Key) -> KeyRing {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.iter().all(|have| have.id != key.id) {
            keys.push(key);
        }
        drop(keys);
        self
    }

    /// Returns the source of the keys; `None` when the caller keeps them.
    pub fn source(&self) -> Option<&KeySource> {
        self.source.as_deref()
    }

    /// Returns the key that seals; `None` as long as none was created, or none can be read.
    pub fn current(&self) -> Option<Key> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    /// Returns the ids of all keys, the one that seals first.
    pub fn ids(&self) -> Vec<KeyId> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).iter().map(Key::id).collect()
    }

    pub(crate) fn find(&self, id: KeyId) -> Option<Key> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).iter().find(|key| key.id == id).cloned()
    }

    /// Reads the source again, because another process may have added a key there. Blocks.
    pub(crate) fn reload(&self) -> Result<()> {
        if let Some(source) = &self.source {
            // Before it is read: what changes meanwhile is seen the next time.
            let stamp = source.stamp();
            self.lead_with(source.read()?);
            *self.read.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
        }
        Ok(())
    }

    /// Returns whether the source has changed since it was read: another process may seal with another key now.
    pub(crate) fn is_outdated(&self) -> bool {
        let now = self.source.as_ref().and_then(|source| source.stamp());
        now.is_some() && now != *self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the source holds no keys, not even ones that cannot be read.
    pub(crate) fn is_missing(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.is_missing())
    }

    /// Creates a key where there is none. Blocks.
    pub(crate) fn make(&self) -> Result<()> {
        self.source.as_ref().map_or(Ok(()), |source| source.make())?;
        self.reload()
    }

    /// Drops all keys but this one, so that only it opens from now on.
    pub(crate) fn forget_others(&self, current: &Key) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).retain(|key| key.id == current.id);
    }

    /// Makes `key` the one that seals, and stores it in the source first: what is sealed must be openable after a
    /// crash. Blocks.
    pub(crate) fn add(&self, key: Key) -> Result<()> {
        if let Some(source) = &self.source {
            source.add(&key)?;
        }
        self.lead_with(vec![key]);
        Ok(())
    }

    /// Moves these keys to the front, and keeps all others.
    fn lead_with(&self, first: Vec<Key>) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let others = keys.iter().filter(|key| first.iter().all(|new| new.id != key.id)).cloned();
        *keys = first.iter().cloned().chain(others).collect();
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyRing").field(&self.ids()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn a_key_is_read_as_it_is_printed() {
        let key = Key::random().unwrap();
        let again = Key::parse(&key.print()).unwrap();
        assert_eq!((again.id(), again.bytes()), (key.id(), key.bytes()));
        assert_eq!(Key::parse(&format!(" {ZEROS}\n")).unwrap().bytes(), &[0; 32]);
        assert_ne!(Key::random().unwrap().id(), key.id());
    }

    #[test]
    fn what_is_not_a_key_is_refused_and_not_repeated() {
        let short = STANDARD.encode([7; 31]);
        let long = STANDARD.encode([7; 33]);
        for text in [
            "",
            "hunter2",
            &short,
            &long,
            &ZEROS[1..],
            &format!("{ZEROS}{ZEROS}"),
            "////////////////////////////////////////////",
        ] {
            let error = Key::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput);
            assert!(text.is_empty() || !format!("{error} {error:?}").contains(text));
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let key = Key::random().unwrap();
        let shown = format!("{key:?} {:?}", KeyRing::new(key.clone()));
        assert!(shown.contains(&key.id().to_string()));
        assert!(!shown.contains(&key.print()[..8]), "{shown}");
        let hex: String = key.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!shown.contains(&hex[..16]), "{shown}");
    }

    #[test]
    fn a_ring_seals_with_the_newest_and_finds_all() {
        let (old, new) = (Key::random().unwrap(), Key::random().unwrap());
        let ring = KeyRing::new(new.clone()).with_older(old.clone()).with_older(new.clone());
        assert_eq!(ring.ids(), [new.id(), old.id()]);
        assert_eq!(ring.find(old.id()).unwrap().id(), old.id());
        let newest = Key::random().unwrap();
        ring.clone().add(newest.clone()).unwrap();
        assert_eq!(ring.ids(), [newest.id(), new.id(), old.id()], "clones are the same ring");
    }
}
