//! Which files a principal has, and how many bytes are reserved for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_sdk::{Code, Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{FileId, FileLimits};
use crate::kinds::BLOB_USAGE;
use crate::principal::PrincipalId;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// Number of tries against other processes that change the same usage.
const TRIES: usize = 100;

/// The usages of all principals, one document each. A change is one compare-and-set, so uploads at one time, in
/// whatever processes, cannot pass the quota together.
pub(super) struct Usages {
    vault: Arc<SealedDocuments>,
    limits: FileLimits,
    // Within a process they take turns, and no try is lost.
    turn: Mutex<()>,
}

/// The usage of one principal.
#[derive(Default, Serialize, Deserialize)]
struct Usage {
    files: BTreeMap<FileId, Reserved>,
}

/// What is reserved for one file. It ends by itself, also when its upload was killed.
#[derive(Serialize, Deserialize)]
struct Reserved {
    bytes: u64,
    until: Timestamp,
}

/// A wish for room.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Bytes without which the upload cannot go on.
    pub(super) least: u64,
    /// Bytes that it takes where they are free.
    pub(super) most: u64,
    /// Time at which the reservation ends by itself.
    pub(super) until: Timestamp,
}

impl Usages {
    pub(super) fn new(vault: Arc<SealedDocuments>, limits: FileLimits) -> Usages {
        Usages { vault, limits, turn: Mutex::new(()) }
    }

    /// Reserves room for a file, in place of what was reserved for it before, and returns how many bytes it is.
    ///
    /// # Errors
    /// `denied` with the reason `quota` where there is not as much left; the store's.
    pub(super) async fn reserve(
        &self,
        principal: &PrincipalId,
        id: &FileId,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<u64> {
        let FileLimits { quota, files, .. } = self.limits;
        self.change(principal, now, |usage| {
            let others = || usage.files.iter().filter(|(other, _)| *other != id);
            let used = others().fold(0_u64, |sum, (_, file)| sum.saturating_add(file.bytes));
            let free = quota.saturating_sub(used);
            if others().count() >= files {
                return Err(full(&format!("there are {files} files already, which is the limit")));
            }
            if wanted.least > free {
                return Err(full(&format!("of the quota of {quota} bytes, {free} are free")));
            }
            let bytes = wanted.most.max(wanted.least).min(free);
            usage.files.insert(id.clone(), Reserved { bytes, until: wanted.until });
            Ok(bytes)
        })
        .await
    }

    /// Ends the reservation of a file.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn release(&self, principal: &PrincipalId, id: &FileId, now: Timestamp) -> Result<()> {
        self.change(principal, now, |usage| {
            usage.files.remove(id);
            Ok(())
        })
        .await
    }

    /// Returns the ids of the files of a principal, also of those that are being written.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn files_of(&self, principal: &PrincipalId) -> Result<Vec<FileId>> {
        Ok(self.load(&document(principal)).await?.1.files.into_keys().collect())
    }

    /// Removes what has ended from all usages, and those that are empty then.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn remove_ended(&self, now: Timestamp) -> Result<()> {
        for key in self.vault.keys_of(BLOB_USAGE).await? {
            // One that cannot be opened does not keep the others.
            if let Err(error) = self.change_document(&key, now, |_| Ok(())).await {
                tracing::warn!(%error, "the list of a key's temporary files is cleared up later");
            }
        }
        Ok(())
    }

    async fn change<T>(
        &self,
        principal: &PrincipalId,
        now: Timestamp,
        change: impl FnMut(&mut Usage) -> Result<T> + Send,
    ) -> Result<T> {
        self.change_document(&document(principal), now, change).await
    }

    async fn change_document<T>(
        &self,
        key: &str,
        now: Timestamp,
        mut change: impl FnMut(&mut Usage) -> Result<T> + Send,
    ) -> Result<T> {
        let _turn = self.turn.lock().await;
        for _ in 0..TRIES {
            let (revision, mut usage) = self.load(key).await?;
            usage.files.retain(|_, file| file.until > now);
            let changed = change(&mut usage)?;
            let stored = match (revision, usage.files.is_empty()) {
                (None, true) => Ok(()),
                (Some(revision), true) => self.vault.remove(BLOB_USAGE, key, revision).await,
                (revision, false) => {
                    let plain = serde_json::to_vec(&usage).map_err(|error| Error::bug(error.to_string()))?;
                    self.vault.put(BLOB_USAGE, key, revision, &plain).await.map(|_| ())
                }
            };
            match stored {
                Err(error) if error.code() == Code::Conflict => {}
                stored => return stored.map(|()| changed),
            }
        }
        Err(Error::new(Code::Unavailable, "too many processes change the temporary files of one key at once"))
    }

    async fn load(&self, key: &str) -> Result<(Option<Revision>, Usage)> {
        let Some((revision, plain)) = self.vault.get(BLOB_USAGE, key).await? else {
            return Ok((None, Usage::default()));
        };
        let usage = serde_json::from_slice(&plain)
            .map_err(|error| Error::bug("the list of a key's temporary files cannot be read").caused_by(error))?;
        Ok((Some(revision), usage))
    }
}

fn document(principal: &PrincipalId) -> String {
    format!("main/{}", principal.as_str())
}

fn full(why: &str) -> Error {
    Error::new(Code::Denied, format!("there is no room for this file: {why}"))
        .with_reason("quota")
        .with_hint("Remove temporary files that are not needed any more, or wait until they expire.")
}
