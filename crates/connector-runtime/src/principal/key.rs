//! API keys: `tnk_{id}_{secret}`.

use connector_sdk::{Result, Secret};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::PrincipalId;
use crate::random;

/// Beginning of every key, by which scanners find one that was published.
const PREFIX: &str = "tnk_";
/// Number of random bytes of an id, and of a secret.
const ID: usize = 8;
const SECRET: usize = 32;

/// Hash of a key's secret: what is stored of it. The secret is random, so one round of SHA-256 suffices.
#[derive(Clone)]
pub(super) struct SecretHash([u8; 32]);

/// An API key, taken apart.
pub(super) struct ApiKey {
    pub(super) id: PrincipalId,
    pub(super) hash: SecretHash,
}

impl ApiKey {
    /// Creates a key, and returns it with its text, which is known to nobody else.
    ///
    /// # Errors
    /// `unavailable` when the system has no random bytes.
    pub(super) fn random() -> Result<(ApiKey, Secret)> {
        let id = random::name::<ID>()?;
        let secret = random::name::<SECRET>()?;
        let text = Secret::new(format!("{PREFIX}{id}_{secret}"));
        Ok((ApiKey { id: PrincipalId::new(id)?, hash: SecretHash::of(&secret) }, text))
    }

    /// Reads the text of a key; `None` for what is none.
    pub(super) fn read(text: &Secret) -> Option<ApiKey> {
        let (id, secret) = text.expose().strip_prefix(PREFIX)?.split_once('_')?;
        let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if id.len() != 2 * ID || secret.len() != 2 * SECRET || !is_hex(id) || !is_hex(secret) {
            return None;
        }
        Some(ApiKey { id: PrincipalId::new(id).ok()?, hash: SecretHash::of(secret) })
    }
}

impl SecretHash {
    fn of(secret: &str) -> SecretHash {
        SecretHash(Sha256::digest(secret).into())
    }

    /// Reads a hash as it is stored.
    pub(super) fn read(text: &str) -> Option<SecretHash> {
        Some(SecretHash(hex::decode(text).ok()?.try_into().ok()?))
    }

    /// Returns the hash as it is stored.
    pub(super) fn print(&self) -> String {
        hex::encode(self.0)
    }

    /// Returns whether both are equal, in a time that does not depend on where they differ.
    pub(super) fn is(&self, other: &SecretHash) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_made_and_in_no_other_way() {
        let (key, text) = ApiKey::random().unwrap();
        let read = ApiKey::read(&text).unwrap();
        assert!(read.id == key.id && read.hash.is(&key.hash));
        let text = text.expose();
        assert_eq!(text.len(), 4 + 16 + 1 + 64);
        let wrong =
            [text[1..].to_owned(), format!("{text}0"), text.to_uppercase(), text.replace('_', "-"), String::new()];
        for wrong in wrong {
            assert!(ApiKey::read(&Secret::new(wrong)).is_none());
        }
        let last = if text.ends_with('0') { "1" } else { "0" };
        let other = format!("{}{last}", &text[..text.len() - 1]);
        assert!(!ApiKey::read(&Secret::new(other)).unwrap().hash.is(&key.hash));
        assert!(SecretHash::read(&key.hash.print()).unwrap().is(&key.hash));
    }
}
