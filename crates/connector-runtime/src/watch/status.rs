//! What became of the last polls of a watch. It is kept apart from the watch, so that a worker that writes it disturbs
//! nobody who changes the watch.

use connector_sdk::{Code, Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::WatchId;
use crate::kinds::WATCH_STATUS;
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// A trouble of a watch, which does not pass by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchStatus {
    /// The error, as every interface prints it.
    pub(crate) error: Value,
    /// Time at which the trouble began.
    pub(crate) since: Timestamp,
    /// Time of the last poll.
    pub(crate) polled: Timestamp,
    /// Revisions of the connection and the watch at that poll: once one is another, it is polled again.
    pub(crate) at: (Option<u64>, u64),
}

impl WatchStatus {
    /// Returns the trouble of a watch, if it has one.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn load(vault: &SealedDocuments, id: &WatchId) -> Result<Option<(Revision, WatchStatus)>> {
        let Some((revision, plain)) = vault.get(WATCH_STATUS, &key(id)).await? else { return Ok(None) };
        // What cannot be read is no trouble: the next poll finds out.
        Ok(serde_json::from_slice(&plain).ok().map(|status| (revision, status)))
    }

    /// Stores the trouble, in place of the one that was read. Who comes late leaves the other's.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn store(&self, vault: &SealedDocuments, id: &WatchId, expected: Option<Revision>) -> Result<()> {
        let text = serde_json::to_vec(self).map_err(|error| Error::bug(error.to_string()))?;
        late(vault.put(WATCH_STATUS, &key(id), expected, &text).await.map(drop))
    }

    /// Removes the trouble of a watch.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn clear(vault: &SealedDocuments, id: &WatchId) -> Result<()> {
        match vault.revision(WATCH_STATUS, &key(id)).await? {
            Some(revision) => late(vault.remove(WATCH_STATUS, &key(id), revision).await),
            None => Ok(()),
        }
    }
}

fn late(written: Result<()>) -> Result<()> {
    match written {
        Err(error) if error.code() == Code::Conflict => Ok(()),
        written => written,
    }
}

fn key(id: &WatchId) -> String {
    format!("main/{id}")
}
