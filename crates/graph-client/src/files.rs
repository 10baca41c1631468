//! The files of a run, as the host provides them.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Error, File, FileMeta, Result};

/// Files that are attached to a run, and the store for those that it returns.
#[async_trait]
pub trait Files: Send + Sync {
    /// Returns the metadata of an attached file.
    fn meta(&self, name: &str) -> Option<FileMeta>;
    /// Returns a fingerprint that tells an attached file from others, and from itself after it was changed; `None`
    /// where there is none.
    fn fingerprint(&self, _name: &str) -> Option<String> {
        None
    }
    /// Returns the SHA-256 of an attached file in hexadecimal digits, where it is known without reading the file.
    fn sha256(&self, _name: &str) -> Option<String> {
        None
    }
    /// Reads a range of an attached file.
    async fn read(&self, name: &str, range: Range<u64>) -> Result<Bytes>;
    /// Creates a file that the run returns, under a name that is safe ([`safe_file_name`](crate::safe_file_name)).
    /// `size` is what the response announced.
    async fn create(&self, name: &str, content_type: &str, size: Option<u64>) -> Result<Box<dyn FileWriter>>;
}

/// A file that is being written.
#[async_trait]
pub trait FileWriter: Send {
    /// Appends a chunk.
    async fn write(&mut self, chunk: Bytes) -> Result<()>;
    /// Closes the file. A writer that is dropped before leaves nothing behind.
    async fn finish(self: Box<Self>) -> Result<File>;
}

/// No files: none are attached, none can be returned.
#[derive(Debug, Clone, Copy)]
pub struct NoFiles;

#[async_trait]
impl Files for NoFiles {
    fn meta(&self, _: &str) -> Option<FileMeta> {
        None
    }
    async fn read(&self, name: &str, _: Range<u64>) -> Result<Bytes> {
        Err(Error::invalid("", format!("no file is attached under the name `{name}`")))
    }
    async fn create(&self, _: &str, _: &str, _: Option<u64>) -> Result<Box<dyn FileWriter>> {
        Err(Error::bug("this run has no place for files"))
    }
}
