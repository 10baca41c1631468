//! The keys of a host's store: shown, rotated, moved and retired.

use connector_sdk::Result;

use crate::host::Host;
use crate::key::{Key, KeyId, KeyRing, KeySource};
use crate::seal::RotationReport;

impl Host {
    /// Reseals everything in the store with a new key. Reads and writes continue meanwhile.
    ///
    /// # Errors
    /// The store's; what could not be sealed anew is in the report.
    pub async fn rotate_keys(&self, key: Key, progress: impl FnMut(&RotationReport) + Send) -> Result<RotationReport> {
        self.0.vault.rotate(key, progress).await
    }

    /// Returns the keys of the store. Where nothing was sealed yet and no key exists, one is created.
    ///
    /// # Errors
    /// `unavailable` when the key is lost or cannot be read.
    pub async fn keys(&self) -> Result<KeyRing> {
        self.0.vault.keys().await.cloned()
    }

    /// Moves the keys of the store to the keyring, or back to a file; see [`KeySource::move_to`].
    ///
    /// # Errors
    /// As [`Host::keys`] and [`KeySource::move_to`].
    pub async fn move_keys(&self, to: KeySource) -> Result<()> {
        self.0.vault.move_keys(to).await
    }

    /// Removes all keys but the one that seals, after everything was resealed with that one. Returns the ids of the
    /// removed keys.
    ///
    /// # Errors
    /// `conflict` when something in the store cannot be opened: one of the keys may be the one that it needs;
    /// `invalid_input` when the keys come from the environment; the store's.
    pub async fn retire_keys(&self) -> Result<Vec<KeyId>> {
        self.0.vault.retire().await
    }
}
