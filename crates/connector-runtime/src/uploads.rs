//! Store of upload sessions that a run has begun and not finished, for the run that resumes them.

use std::sync::Arc;

use async_trait::async_trait;
use connector_sdk::{Error, Result, Secret};
use graph_client::UploadSessionStore;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::sha256_of_lines;
use crate::kinds::{KEPT, UPLOAD};
use crate::seal::SealedDocuments;
use crate::store::Revision;

/// The upload sessions of one connection.
pub(crate) struct StoredUploadSessions {
    vault: Arc<SealedDocuments>,
    connection: Arc<str>,
}

#[derive(Serialize, Deserialize)]
struct UploadRecord {
    address: String,
    at: Timestamp,
}

impl StoredUploadSessions {
    pub(crate) fn new(vault: Arc<SealedDocuments>, connection: Arc<str>) -> StoredUploadSessions {
        StoredUploadSessions { vault, connection }
    }

    // A hash: what is uploaded has a path, which is nobody's business.
    fn key(&self, upload: &str) -> String {
        sha256_of_lines(&[&self.connection, upload])
    }

    async fn read(&self, key: &str) -> Result<Option<(Revision, UploadRecord)>> {
        let Some((revision, plain)) = self.vault.get(UPLOAD, key).await? else { return Ok(None) };
        let record =
            serde_json::from_slice(&plain).map_err(|_| Error::bug("what is kept of an upload cannot be read"))?;
        Ok(Some((revision, record)))
    }
}

#[async_trait]
impl UploadSessionStore for StoredUploadSessions {
    async fn find(&self, upload: &str) -> Result<Option<Secret>> {
        let found = self.read(&self.key(upload)).await?;
        let old = |record: &UploadRecord| {
            Timestamp::now().as_second() - record.at.as_second() > KEPT.as_secs().try_into().unwrap_or(i64::MAX)
        };
        Ok(found.filter(|(_, record)| !old(record)).map(|(_, record)| Secret::new(record.address)))
    }

    async fn keep(&self, upload: &str, address: &Secret) -> Result<()> {
        let key = self.key(upload);
        let known = self.read(&key).await.ok().flatten().map(|(revision, _)| revision);
        let record = UploadRecord { address: address.expose().to_owned(), at: Timestamp::now() };
        let plain =
            serde_json::to_vec(&record).map_err(|error| Error::bug("an upload does not print").caused_by(error))?;
        self.vault.put(UPLOAD, &key, known, &plain).await.map(|_| ())
    }

    async fn forget(&self, upload: &str) -> Result<()> {
        let key = self.key(upload);
        match self.read(&key).await? {
            Some((revision, _)) => self.vault.remove(UPLOAD, &key, revision).await,
            None => Ok(()),
        }
    }
}
