//! Records under idempotency keys.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::kinds::{KEPT, OUTCOME};
use crate::seal::SealedDocuments;
use crate::store::Revision;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeyedRunRecord {
    // A hash, not the input: the input may hold secrets.
    pub(super) input: String,
    pub(super) at: Timestamp,
    pub(super) state: KeyState,
    // Older versions kept none, and nothing by which their work could be gone on with.
    #[serde(default, with = "bytes")]
    pub(super) entropy: [u8; 32],
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyState {
    /// The work was begun. Its journal holds what it has written.
    Running,
    Done(Box<RawValue>),
    /// Of an older version: the reason why the outcome is unknown.
    Unknown(String),
}

/// A record as it was read, with its revision.
pub(super) struct StoredRecord {
    pub(super) revision: Revision,
    pub(super) record: KeyedRunRecord,
}

impl KeyedRunRecord {
    pub(super) fn new(input: String, entropy: [u8; 32]) -> KeyedRunRecord {
        KeyedRunRecord { input, at: Timestamp::now(), state: KeyState::Running, entropy }
    }

    /// Returns whether a later run can resume the work.
    pub(super) fn goes_on(&self) -> bool {
        matches!(self.state, KeyState::Running) && self.entropy != [0; 32] && self.age() <= KEPT
    }

    pub(super) fn age(&self) -> Duration {
        Timestamp::now().duration_since(self.at).try_into().unwrap_or_default()
    }

    pub(super) async fn load(vault: &SealedDocuments, id: &str) -> Result<Option<StoredRecord>> {
        let Some((revision, plain)) = vault.get(OUTCOME, id).await? else { return Ok(None) };
        let record = serde_json::from_slice(&plain)
            .map_err(|error| Error::bug(format!("a stored outcome cannot be read: {error}")))?;
        Ok(Some(StoredRecord { revision, record }))
    }

    pub(super) async fn store(
        &self,
        vault: &SealedDocuments,
        id: &str,
        expected: Option<Revision>,
    ) -> Result<Revision> {
        let text = serde_json::to_vec(self).map_err(|error| Error::bug(error.to_string()))?;
        vault.put(OUTCOME, id, expected, &text).await
    }
}

mod bytes {
    use super::{Deserialize, Deserializer, Engine, STANDARD, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        bytes.try_into().map_err(|_| serde::de::Error::custom("these are no 32 bytes"))
    }
}
