//! Temporary files: what callers upload for a run, what a run returns, and results that are too long for an answer.
//!
//! A temporary file belongs to one principal, counts against its quota, and lives for a limited time. Its content is
//! kept in a [`BlobStore`] and its key, with all that is known about it, in a sealed document of the store: without the
//! document nobody can read the content.
//!
//! | part | where |
//! |---|---|
//! | content: chunks of 64 KiB, sealed one by one under a random key ([`cipher`]), 16 of them in a blob | [`BlobStore`], `{space}/{id}-{number}` |
//! | name, media type, size, hash, end, principal and key | document `blob`, `main/{id}` |
//! | which files a principal has, and how much it has reserved | document `blob_usage`, `main/{principal}` |
//! | the space: a random name, so that hosts with other stores can share a bucket | document `setting`, `main/files` |
//!
//! Memory is bounded by two blobs for each file that is written, and by one for each that is read. The document is
//! written last: what breaks off before is nothing but blobs without a document, which the [removal] finds.

mod cipher;
#[cfg(feature = "object-storage")]
mod cloud;
mod objects;
mod read;
mod record;
mod removal;
mod temporary_files;
mod usage;
mod writer;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::Result;
use futures_core::Stream;
use jiff::Timestamp;

pub use self::objects::ObjectBlobs;
pub use self::read::OpenedFile;
pub use self::record::TemporaryFile;
pub use self::writer::TemporaryFileWriter;

pub(crate) use self::read::StoredFile;
pub(crate) use self::record::{FileId, is_file_id};
pub(crate) use self::temporary_files::{NewTemporaryFile, TemporaryFiles};

/// Store of blobs: immutable pieces of at most about 1 MiB under names. What it gets is encrypted.
///
/// A name is two parts of letters, digits and hyphens, with a slash between them.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Stores a blob. When it fails, or its process ends meanwhile, there is the whole blob or none.
    ///
    /// # Errors
    /// `unavailable` when it cannot be stored.
    async fn put(&self, name: &str, bytes: Bytes) -> Result<()>;

    /// Reads a range of a blob; `None` when there is no such blob. A range beyond its end has fewer bytes, or none.
    ///
    /// # Errors
    /// `unavailable` when it cannot be read.
    async fn get(&self, name: &str, range: Range<u64>) -> Result<Option<BlobRange>>;

    /// Removes a blob, where there is one.
    ///
    /// # Errors
    /// `unavailable` when it cannot be removed.
    async fn remove(&self, name: &str) -> Result<()>;

    /// Lists the blobs whose names have this first part, in any order.
    fn list(&self, space: &str) -> BlobList;
}

/// Blobs of a list, as they are found.
pub type BlobList = Pin<Box<dyn Stream<Item = Result<BlobInfo>> + Send>>;

/// A range of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRange {
    /// Bytes of the range.
    pub bytes: Bytes,
    /// Size of the whole blob, in bytes.
    pub size: u64,
}

/// A blob in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// Name of the blob.
    pub name: String,
    /// Time at which it was stored, on the clock of its store.
    pub stored: Timestamp,
}

/// Limits on temporary files. All hosts that share a store must have the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct FileLimits {
    /// Time that a file lives, from its last byte on, and that its upload may take: an hour unless set.
    pub life: Duration,
    /// Number of bytes that all files of one principal may have together: 1 GiB unless set.
    pub quota: u64,
    /// Number of files that one principal may have: 1,000 unless set.
    pub files: usize,
}

impl Default for FileLimits {
    fn default() -> FileLimits {
        FileLimits { life: Duration::from_secs(3600), quota: 1 << 30, files: 1000 }
    }
}

impl FileLimits {
    /// Sets the time that a file lives, and that its upload may take.
    pub fn life(mut self, life: Duration) -> FileLimits {
        self.life = life;
        self
    }

    /// Sets the number of bytes that all files of one principal may have together.
    pub fn quota(mut self, bytes: u64) -> FileLimits {
        self.quota = bytes;
        self
    }

    /// Sets the number of files that one principal may have. Each change of one file writes about 100 bytes for each
    /// other one.
    pub fn files(mut self, files: usize) -> FileLimits {
        self.files = files;
        self
    }
}
