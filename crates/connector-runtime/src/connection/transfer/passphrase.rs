//! Sealing under a passphrase: [Argon2id][1] derives a key from it, which seals as the store's keys do.
//!
//! [1]: https://www.rfc-editor.org/rfc/rfc9106

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Code, Error, Result, Secret};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::key::Key;
use crate::random;
use crate::seal::{AssociatedData, open as open_sealed, seal as seal_plain, sealed_with};

/// Minimum length of a passphrase, in characters: an attacker who has the file tries passphrases at leisure.
const SHORTEST: usize = 12;
/// Memory of the key derivation, in KiB, by RFC 9106 4, the second recommended option: 64 MiB, three passes, four
/// lanes. They belong to the version of the export, so that a file cannot ask for more.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;
const SALT: usize = 16;

const PLACE: AssociatedData<'_> = AssociatedData { kind: "export", key: "connections" };

/// A sealed content, with what is needed to open it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    /// Parameters of the key derivation.
    kdf: Kdf,
    salt: String,
    /// Sealed content, as the documents of the store: version, id of the key, nonce, ciphertext, tag.
    content: String,
}

#[derive(Serialize, Deserialize)]
enum Kdf {
    #[serde(rename = "argon2id-64MiB-3-4")]
    Argon2id,
}

pub(super) async fn seal(passphrase: &Secret, plain: &Secret) -> Result<Sealed> {
    if passphrase.expose().chars().count() < SHORTEST {
        return Err(Error::new(Code::InvalidInput, format!("the passphrase is shorter than {SHORTEST} characters"))
            .with_hint("Take several words: whoever gets the file can try passphrases without limit."));
    }
    let mut salt = [0; SALT];
    random::fill(&mut salt)?;
    let key = key(passphrase, salt.to_vec()).await?;
    let content = seal_plain(&key, PLACE, plain.expose().as_bytes())?;
    Ok(Sealed { kdf: Kdf::Argon2id, salt: STANDARD.encode(salt), content: STANDARD.encode(content) })
}

pub(super) async fn open(passphrase: &Secret, sealed: Sealed) -> Result<Secret> {
    let Kdf::Argon2id = sealed.kdf;
    let salt = STANDARD.decode(sealed.salt).ok().filter(|salt| salt.len() == SALT).ok_or_else(super::unreadable)?;
    let content = STANDARD.decode(sealed.content).map_err(|_| super::unreadable())?;
    let id = sealed_with(PLACE, &content).map_err(|_| super::unreadable())?;
    let key = key(passphrase, salt).await?;
    if id != key.id() {
        return Err(Error::new(
            Code::InvalidInput,
            "the passphrase is not the one that the export was made with, or the export was changed",
        ));
    }
    let plain = open_sealed(&key, PLACE, &content).map_err(|_| super::unreadable())?;
    String::from_utf8(plain.to_vec()).map(Secret::new).map_err(|_| super::unreadable())
}

// It takes long on purpose.
async fn key(passphrase: &Secret, salt: Vec<u8>) -> Result<Key> {
    let passphrase = passphrase.clone();
    let made = spawn_blocking(move || {
        let broken = |error: argon2::Error| Error::bug(format!("no key could be made of the passphrase: {error}"));
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(Key::LENGTH)).map_err(broken)?;
        let mut memory = Zeroizing::new(vec![Block::default(); params.block_count()]);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Key::make(|bytes| {
            argon2
                .hash_password_into_with_memory(passphrase.expose().as_bytes(), &salt, bytes, &mut *memory)
                .map_err(broken)
        })
    });
    made.await.unwrap_or_else(|_| Err(Error::new(Code::Unavailable, "the program is ending")))
}
