//! Writing of a file: chunks are encrypted and collected, blobs are stored one after another.

use std::sync::Arc;

use bytes::Bytes;
use connector_sdk::{Code, Error, Result};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::cipher::{CHUNK, ChunkCipher, SEALED_CHUNK};
use super::record::Record;
use super::temporary_files::{BLOB_CHUNKS, NewTemporaryFile, TemporaryFiles};
use super::usage::Wanted;
use super::{FileId, TemporaryFile};
use crate::key::Key;
use crate::principal::PrincipalId;

/// Number of bytes that are reserved at once for a file of unknown length.
const STEP: u64 = 8 << 20;

/// A file that is being written. A writer that is dropped before it has finished leaves nothing behind.
pub struct TemporaryFileWriter {
    upload: Upload,
    reported: Option<Box<Report>>,
}

/// What is done with a file when it is finished.
type Report = dyn FnOnce(&TemporaryFile) + Send + Sync;

impl TemporaryFileWriter {
    pub(super) async fn create(
        files: Arc<TemporaryFiles>,
        principal: PrincipalId,
        new: NewTemporaryFile,
    ) -> Result<TemporaryFileWriter> {
        let (id, key) = (FileId::random()?, Key::random()?);
        let now = files.now();
        let mut upload = Upload {
            cipher: ChunkCipher::new(&key, &id)?,
            until: after(now, files.limits.life)?,
            key,
            principal,
            id,
            chunk: Vec::with_capacity(SEALED_CHUNK),
            blob: Vec::new(),
            sealed: 0,
            blobs: 0,
            size: 0,
            reserved: 0,
            hash: Sha256::new(),
            storing: None,
            reserving: None,
            is_broken: false,
            is_finished: false,
            new,
            files,
        };
        let least = upload.new.length.unwrap_or_default();
        upload
            .reserve(Wanted { least, most: least.max(upload.new.announced.unwrap_or_default()), until: upload.until })
            .await?;
        Ok(TemporaryFileWriter { upload, reported: None })
    }

    /// Reports the file when it is finished.
    pub(crate) fn reported(
        mut self,
        report: impl FnOnce(&TemporaryFile) + Send + Sync + 'static,
    ) -> TemporaryFileWriter {
        self.reported = Some(Box::new(report));
        self
    }

    /// Appends bytes. Returns when there is room for more: while one blob is stored, the next is collected.
    ///
    /// # Errors
    /// `denied` with the reason `quota` when the principal has no room for them; `invalid_input` when they are more than
    /// was declared, or the upload takes longer than a file lives; `unavailable` when they cannot be stored; `bug` after
    /// an error, and after a write that was not waited for.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let upload = &mut self.upload;
        if upload.is_broken {
            return Err(broken_off());
        }
        // Until it has returned: who stops waiting has a part of a file.
        upload.is_broken = true;
        upload.write(&bytes).await?;
        upload.is_broken = false;
        Ok(())
    }

    /// Finishes the file. From now on it can be read, until it expires.
    ///
    /// # Errors
    /// `invalid_input` when there are fewer bytes than were declared; otherwise as [`TemporaryFileWriter::write`].
    pub async fn finish(self) -> Result<TemporaryFile> {
        let TemporaryFileWriter { mut upload, reported } = self;
        // On a task of its own: whoever stops waiting leaves a whole file or none.
        let finished = tokio::spawn(async move {
            let file = upload.finish().await?;
            if let Some(report) = reported {
                report(&file);
            }
            Ok(file)
        });
        let finished = finished.await;
        finished.unwrap_or_else(|_| Err(Error::bug("a temporary file was not finished")))
    }
}

struct Upload {
    files: Arc<TemporaryFiles>,
    principal: PrincipalId,
    id: FileId,
    new: NewTemporaryFile,
    key: Key,
    cipher: ChunkCipher,
    hash: Sha256,
    /// Bytes of the chunk that is being collected.
    chunk: Vec<u8>,
    /// Sealed chunks of the blob that is being collected.
    blob: Vec<u8>,
    /// Number of chunks that are sealed.
    sealed: u64,
    /// Number of blobs that are stored, or being stored.
    blobs: u64,
    /// Blob that is being stored.
    storing: Option<JoinHandle<Result<()>>>,
    /// Reservation that is being made.
    reserving: Option<JoinHandle<Result<u64>>>,
    size: u64,
    reserved: u64,
    /// Time at which the upload must have ended.
    until: Timestamp,
    /// Whether a write has failed or was not waited for.
    is_broken: bool,
    is_finished: bool,
}

impl Upload {
    async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.check_time()?;
        let size = self.size.saturating_add(bytes.len() as u64);
        if let Some(length) = self.new.length.filter(|length| size > *length) {
            return Err(other_length(length, "more came"));
        }
        if size > self.reserved {
            // With a small quota the steps are small, so that one upload does not keep the others from their room.
            let step = STEP.min(self.files.limits.quota / 64);
            self.reserve(Wanted { least: size, most: size.saturating_add(step), until: self.until }).await?;
        }
        while !bytes.is_empty() {
            // A full chunk is sealed when it is known that it is not the last one.
            if self.chunk.len() == CHUNK {
                self.seal(false)?;
                if self.sealed.is_multiple_of(BLOB_CHUNKS) {
                    self.store().await?;
                }
            }
            let (part, rest) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
            self.chunk.extend_from_slice(part);
            self.hash.update(part);
            bytes = rest;
        }
        self.size = size;
        Ok(())
    }

    async fn finish(&mut self) -> Result<TemporaryFile> {
        if self.is_broken {
            return Err(broken_off());
        }
        self.check_time()?;
        if let Some(length) = self.new.length.filter(|length| self.size != *length) {
            return Err(other_length(length, &format!("{} came", self.size)));
        }
        self.seal(true)?;
        self.store().await?;
        self.stored().await?;
        let now = self.files.now();
        let expires = after(now, self.files.limits.life)?;
        self.reserve(Wanted { least: self.size, most: self.size, until: expires }).await?;
        let file = TemporaryFile {
            id: self.id.to_string(),
            name: self.new.name.clone(),
            content_type: self.new.content_type.clone(),
            size: self.size,
            expires,
            sha256: hex::encode(std::mem::take(&mut self.hash).finalize()),
        };
        let record = Record { principal: self.principal.clone(), file, key: self.key.clone() };
        record.store(&self.files.vault, &self.id).await?;
        self.is_finished = true;
        Ok(record.file)
    }

    fn seal(&mut self, is_last: bool) -> Result<()> {
        self.cipher.seal(self.sealed, is_last, &mut self.chunk)?;
        self.sealed += 1;
        self.blob.extend_from_slice(&self.chunk);
        self.chunk.clear();
        Ok(())
    }

    // Waits for the blob before, and begins to store this one. On a task, so that when the caller stops waiting it is
    // known what must be removed.
    async fn store(&mut self) -> Result<()> {
        self.stored().await?;
        let room = BLOB_CHUNKS as usize * SEALED_CHUNK;
        let blob = Bytes::from(std::mem::replace(&mut self.blob, Vec::with_capacity(room)));
        let name = self.files.blob_name(&self.id, self.blobs).await?;
        self.blobs += 1;
        let blobs = self.files.blobs.clone();
        self.storing = Some(tokio::spawn(async move { blobs.put(&name, blob).await }));
        Ok(())
    }

    async fn stored(&mut self) -> Result<()> {
        let Some(storing) = &mut self.storing else { return Ok(()) };
        let stored = storing.await.unwrap_or_else(|_| Err(Error::bug("a part of a temporary file was not stored")));
        self.storing = None;
        stored
    }

    async fn reserve(&mut self, wanted: Wanted) -> Result<()> {
        let (files, principal, id, now) =
            (self.files.clone(), self.principal.clone(), self.id.clone(), self.files.now());
        let reserve = async move { files.usages.reserve(&principal, &id, wanted, now).await };
        let reserving = self.reserving.insert(tokio::spawn(reserve));
        let reserved = reserving.await.unwrap_or_else(|_| Err(Error::bug("no room was reserved for a file")));
        self.reserving = None;
        self.reserved = reserved?;
        Ok(())
    }

    fn check_time(&self) -> Result<()> {
        if self.files.now() < self.until {
            return Ok(());
        }
        Err(Error::new(Code::InvalidInput, "the upload of the file took longer than a temporary file lives")
            .with_hint("Store it again, faster or in parts."))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        // Where no runtime is left, the reservation ends with its time, and the removal finds the blobs.
        let Ok(runtime) = Handle::try_current() else { return };
        let (files, principal, id) = (self.files.clone(), self.principal.clone(), self.id.clone());
        let (blobs, storing, reserving) = (self.blobs, self.storing.take(), self.reserving.take());
        runtime.spawn(async move {
            // What is on its way arrives first, and is removed then.
            if let Some(storing) = storing {
                let _ = storing.await;
            }
            if let Some(reserving) = reserving {
                let _ = reserving.await;
            }
            files.remove_blobs(&id, blobs).await;
            if let Err(error) = files.usages.release(&principal, &id, files.now()).await {
                tracing::warn!(%error, "the room of a file that was not finished is given back later");
            }
        });
    }
}

fn broken_off() -> Error {
    Error::bug("a temporary file was written to after a write had failed or was not waited for")
}

fn other_length(length: u64, what: &str) -> Error {
    Error::new(Code::InvalidInput, format!("the file was declared to have {length} bytes, and {what}"))
        .with_hint("Store it again with its length, or without one.")
}

fn after(now: Timestamp, life: std::time::Duration) -> Result<Timestamp> {
    let life = SignedDuration::try_from(life).unwrap_or(SignedDuration::MAX);
    now.checked_add(life).map_err(|_| Error::invalid("", "the life of temporary files has no end"))
}
