//! The temporary files of one run.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Error, File, FileMeta, Result};
use graph_client::{FileWriter, Files};

use crate::blobs::{NewTemporaryFile, StoredFile, TemporaryFileWriter, TemporaryFiles};
use crate::principal::PrincipalId;

/// Media type of a file whose own is none.
const UNKNOWN: &str = "application/octet-stream";

/// The temporary files that a run may read, and the place for those that it returns.
pub(super) struct RunFiles {
    files: Arc<TemporaryFiles>,
    principal: PrincipalId,
    attached: BTreeMap<String, StoredFile>,
}

impl RunFiles {
    pub(super) fn new(files: Arc<TemporaryFiles>, principal: PrincipalId) -> RunFiles {
        RunFiles { files, principal, attached: BTreeMap::new() }
    }

    /// Attaches a file under a name, in place of one that has the name.
    pub(super) fn attach(&mut self, name: String, file: StoredFile) {
        self.attached.insert(name, file);
    }
}

#[async_trait]
impl Files for RunFiles {
    fn meta(&self, name: &str) -> Option<FileMeta> {
        let file = self.attached.get(name)?.info();
        Some(FileMeta::new(file.size).with_name(file.name.clone()).with_content_type(file.content_type.clone()))
    }

    // The content decides: who stores the same file again goes on with its upload.
    fn fingerprint(&self, name: &str) -> Option<String> {
        self.sha256(name).map(|hash| format!("sha256:{hash}"))
    }

    fn sha256(&self, name: &str) -> Option<String> {
        Some(self.attached.get(name)?.info().sha256.clone())
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Bytes> {
        let file = self.attached.get(name);
        let file = file.ok_or_else(|| Error::invalid("", format!("no file is attached under the name `{name}`")))?;
        file.read(range).await
    }

    async fn create(&self, name: &str, content_type: &str, size: Option<u64>) -> Result<Box<dyn FileWriter>> {
        let new =
            NewTemporaryFile::new(name, content_type, None).or_else(|_| NewTemporaryFile::new(name, UNKNOWN, None))?;
        let card = File::new(new.name(), content_type, 0);
        let writer = self.files.create(&self.principal, new.announced(size)).await.map_err(unwritten)?;
        Ok(Box::new(ReturnedFile { card, writer }))
    }
}

/// A file that the run returns.
struct ReturnedFile {
    card: File,
    writer: TemporaryFileWriter,
}

#[async_trait]
impl FileWriter for ReturnedFile {
    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.writer.write(chunk).await.map_err(unwritten)
    }

    async fn finish(self: Box<Self>) -> Result<File> {
        let stored = self.writer.finish().await.map_err(unwritten)?;
        Ok(self.card.with_file(stored.id, stored.size))
    }
}

/// Says of an error that it is about what the run returns: what was sent may have been carried out.
fn unwritten(error: Error) -> Error {
    if error.code() == Code::Bug { error } else { error.with_code(Code::Output) }
}
