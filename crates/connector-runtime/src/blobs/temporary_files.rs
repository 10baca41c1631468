//! The temporary files of a host.

use std::collections::BTreeSet;
use std::sync::Arc;

use connector_sdk::{Error, Result};
use graph_client::safe_file_name;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::record::{Record, no_such};
use super::removal::Removal;
use super::usage::Usages;
use super::{BlobStore, FileId, FileLimits, StoredFile, TemporaryFile, TemporaryFileWriter};
use crate::host::Now;
use crate::kinds::SETTING;
use crate::principal::PrincipalId;
use crate::random;
use crate::seal::SealedDocuments;

/// Number of chunks of a blob. A file takes so much memory twice while it is written.
pub(super) const BLOB_CHUNKS: u64 = 16;
/// Maximum length of a media type, in bytes.
const MAX_CONTENT_TYPE: usize = 255;
/// Key of the document with the space.
const SPACE: &str = "main/files";

/// The temporary files of all principals.
pub(crate) struct TemporaryFiles {
    pub(super) vault: Arc<SealedDocuments>,
    pub(super) blobs: Arc<dyn BlobStore>,
    pub(super) limits: FileLimits,
    pub(super) usages: Usages,
    pub(super) removal: Removal,
    now: Arc<Now>,
    space: OnceCell<String>,
}

/// A file that is to be written.
#[derive(Debug)]
pub(crate) struct NewTemporaryFile {
    /// Name, made safe.
    pub(super) name: String,
    pub(super) content_type: String,
    /// Length that it must have.
    pub(super) length: Option<u64>,
    /// Length that it is said to have.
    pub(super) announced: Option<u64>,
}

impl NewTemporaryFile {
    /// Creates the description of a file. Of its name what is not safe in a file system is replaced.
    ///
    /// # Errors
    /// `invalid_input` for what cannot be a media type.
    pub(crate) fn new(name: &str, content_type: &str, length: Option<u64>) -> Result<NewTemporaryFile> {
        let is_fit = |byte: u8| matches!(byte, b' '..=b'~');
        let is_type = content_type.contains('/') && content_type.len() <= MAX_CONTENT_TYPE;
        if !is_type || !content_type.bytes().all(is_fit) {
            return Err(Error::invalid("/contentType", "is not a media type, such as `application/pdf`"));
        }
        Ok(NewTemporaryFile {
            name: safe_file_name(name),
            content_type: content_type.to_owned(),
            length,
            announced: None,
        })
    }

    /// Returns the name, made safe.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Sets the length that somebody has announced. There is room for so much, and there may come more or less.
    pub(crate) fn announced(mut self, length: Option<u64>) -> NewTemporaryFile {
        self.announced = length;
        self
    }
}

/// The document with the space.
#[derive(Serialize, Deserialize)]
struct SpaceSetting {
    space: String,
}

impl TemporaryFiles {
    pub(crate) fn new(
        vault: Arc<SealedDocuments>,
        blobs: Arc<dyn BlobStore>,
        limits: FileLimits,
        now: Arc<Now>,
    ) -> TemporaryFiles {
        let usages = Usages::new(vault.clone(), limits);
        TemporaryFiles { vault, blobs, limits, usages, removal: Removal::default(), now, space: OnceCell::new() }
    }

    /// Begins a file.
    ///
    /// # Errors
    /// `denied` with the reason `quota` where the principal has no room for it; the store's.
    pub(crate) async fn create(
        self: &Arc<Self>,
        of: &PrincipalId,
        new: NewTemporaryFile,
    ) -> Result<TemporaryFileWriter> {
        TemporaryFileWriter::create(self.clone(), of.clone(), new).await
    }

    /// Finds a file of a principal.
    ///
    /// # Errors
    /// `not_found`, the same for one that does not exist, one that has expired and one of another principal.
    pub(crate) async fn find(self: &Arc<Self>, of: &PrincipalId, id: &str) -> Result<StoredFile> {
        let known = FileId::parse(id).ok_or_else(|| no_such(id))?;
        let found = self.load(of, &known).await?.ok_or_else(|| no_such(id))?;
        StoredFile::new(self.clone(), known, found)
    }

    /// Lists the files of a principal, by the time at which they expire.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn list(&self, of: &PrincipalId) -> Result<Vec<TemporaryFile>> {
        let mut files = Vec::new();
        for id in self.usages.files_of(of).await? {
            // One that is being written has no document yet.
            files.extend(self.load(of, &id).await?.map(|record| record.file));
        }
        files.sort_by(|one, other| one.expires.cmp(&other.expires).then_with(|| one.id.cmp(&other.id)));
        Ok(files)
    }

    /// Removes a file of a principal.
    ///
    /// # Errors
    /// As [`TemporaryFiles::find`]; the store's.
    pub(crate) async fn remove(&self, of: &PrincipalId, id: &str) -> Result<()> {
        let known = FileId::parse(id).ok_or_else(|| no_such(id))?;
        let found = Record::load(&self.vault, &known).await?;
        let own = found.filter(|(_, record)| record.principal == *of && record.file.expires > self.now());
        let (revision, record) = own.ok_or_else(|| no_such(id))?;
        // Without the document nobody can read it any more; what is left of it then the removal finds too.
        if !Record::remove(&self.vault, &known, revision).await? {
            return Err(no_such(id));
        }
        self.usages.release(of, &known, self.now()).await?;
        self.remove_blobs(&known, super::cipher::chunks(record.file.size).div_ceil(BLOB_CHUNKS)).await;
        Ok(())
    }

    /// Returns those of `ids` that are files of the principal now, in any order.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn find_all(self: &Arc<Self>, of: &PrincipalId, ids: &BTreeSet<&str>) -> Result<Vec<StoredFile>> {
        // Most runs name no file.
        if ids.iter().all(|id| FileId::parse(id).is_none()) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for id in self.usages.files_of(of).await? {
            if ids.contains(id.as_str())
                && let Some(record) = self.load(of, &id).await?
            {
                found.push(StoredFile::new(self.clone(), id, record)?);
            }
        }
        Ok(found)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.now)()
    }

    async fn load(&self, of: &PrincipalId, id: &FileId) -> Result<Option<Record>> {
        let found = Record::load(&self.vault, id).await?.map(|(_, record)| record);
        Ok(found.filter(|record| record.principal == *of && record.file.expires > self.now()))
    }

    /// Returns the name of a blob of a file.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn blob_name(&self, id: &FileId, number: u64) -> Result<String> {
        Ok(format!("{}/{id}-{number}", self.space().await?))
    }

    /// Removes the first blobs of a file. What cannot be removed is left to the removal.
    pub(super) async fn remove_blobs(&self, id: &FileId, count: u64) {
        for number in 0..count {
            let removed = async { self.blobs.remove(&self.blob_name(id, number).await?).await };
            if let Err(error) = removed.await {
                tracing::warn!(%error, "a part of a temporary file is removed later");
            }
        }
    }

    /// Returns the space: the first part of the names of all blobs of this store. Another store has another one, so that
    /// each knows its own in a bucket that both use.
    pub(super) async fn space(&self) -> Result<&str> {
        self.space.get_or_try_init(|| self.load_space()).await.map(String::as_str)
    }

    async fn load_space(&self) -> Result<String> {
        // Another process may be first.
        for _ in 0..2 {
            if let Some((_, plain)) = self.vault.get(SETTING, SPACE).await? {
                let setting: SpaceSetting = serde_json::from_slice(&plain)
                    .map_err(|error| Error::bug("the space of the temporary files cannot be read").caused_by(error))?;
                return Ok(setting.space);
            }
            let setting = SpaceSetting { space: random::name::<16>()? };
            let plain = serde_json::to_vec(&setting).map_err(|error| Error::bug(error.to_string()))?;
            match self.vault.put(SETTING, SPACE, None, &plain).await {
                Err(error) if error.code() == connector_sdk::Code::Conflict => {}
                stored => return stored.map(|_| setting.space),
            }
        }
        Err(Error::bug("the space of the temporary files is neither there nor free"))
    }
}
