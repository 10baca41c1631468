//! Files of a run on the local disk.

mod new_file;
mod sink;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use connector_sdk::{Code, Error, File, FileMeta, Result};
use graph_client::{FileWriter, Files, safe_file_name};
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};

use self::new_file::Destination;
use self::sink::{InMemory, OnDisk};

pub(crate) use self::new_file::NewFile;
pub use self::new_file::write_private_file;

/// Advice for a file that cannot be written.
const SPACE: &str = "Check the path, its permissions and the space on the disk.";

/// Files on the local disk: attached ones by name, and a destination for those that the run returns.
#[derive(Debug, Default)]
pub struct LocalFiles {
    attached: BTreeMap<String, (PathBuf, u64)>,
    place: Option<Destination>,
}

impl LocalFiles {
    /// Creates an empty set; returned files are carried in the output, up to 32 MiB.
    pub fn new() -> LocalFiles {
        LocalFiles::default()
    }

    /// Attaches the file at `path` under a name.
    ///
    /// # Errors
    /// `invalid_input` when it cannot be read or is not a file.
    pub fn attach(mut self, name: impl Into<String>, path: impl Into<PathBuf>) -> Result<LocalFiles> {
        let path = path.into();
        let refuse = |why: String| Error::invalid("", format!("the file {} {why}", path.display()));
        let meta = std::fs::metadata(&path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
        if !meta.is_file() {
            return Err(refuse("is not a file".to_owned()));
        }
        self.attached.insert(name.into(), (path, meta.len()));
        Ok(self)
    }

    /// Sets the destination of returned files. In a folder a file gets its own name, with a number where that is taken;
    /// a device or a named pipe is written into; otherwise the file is stored under this name, which must be free.
    /// Nothing is overwritten: when somebody takes the name meanwhile, or the run returns several files, they get
    /// numbers.
    ///
    /// # Errors
    /// `invalid_input` when a file of this name exists, or there is no folder for it.
    pub fn store_at(mut self, place: impl AsRef<Path>) -> Result<LocalFiles> {
        self.place = Some(Destination::find(place.as_ref())?);
        Ok(self)
    }
}

#[async_trait]
impl Files for LocalFiles {
    fn meta(&self, name: &str) -> Option<FileMeta> {
        let (path, size) = self.attached.get(name)?;
        Some(FileMeta::new(*size).with_name(path.file_name().map(|name| name.to_string_lossy().into_owned())))
    }

    // Where it is, how long it is and when it was written: what changes a file changes one of them.
    fn fingerprint(&self, name: &str) -> Option<String> {
        let (path, size) = self.attached.get(name)?;
        let meta = std::fs::metadata(path).ok()?;
        let written = meta.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        let path = std::fs::canonicalize(path).ok()?;
        (meta.len() == *size).then(|| format!("{}\n{size}\n{}", path.display(), written.as_nanos()))
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Bytes> {
        let (path, _) = self
            .attached
            .get(name)
            .ok_or_else(|| Error::invalid("", format!("no file is attached under the name `{name}`")))?;
        let read = async {
            let mut file = tokio::fs::File::open(path).await?;
            file.seek(SeekFrom::Start(range.start)).await?;
            let wanted = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
            let mut bytes = BytesMut::with_capacity(wanted);
            let mut part = file.take(wanted as u64);
            while part.read_buf(&mut bytes).await? > 0 {}
            io::Result::Ok(bytes.freeze())
        };
        read.await.map_err(|error| {
            Error::new(Code::InvalidInput, format!("the file {} could not be read", path.display()))
                .caused_by(error)
                .with_hint(SPACE)
        })
    }

    async fn create(&self, name: &str, content_type: &str, _: Option<u64>) -> Result<Box<dyn FileWriter>> {
        let name = safe_file_name(name);
        let card = File::new(name, content_type, 0);
        Ok(match &self.place {
            None => Box::new(InMemory::new(card)),
            Some(place) => Box::new(OnDisk::create(card, place).await?),
        })
    }
}

fn unwritable(what: &str, path: &Path, error: io::Error) -> Error {
    Error::new(Code::Output, format!("the file {} could not be {what}", path.display()))
        .caused_by(error)
        .with_hint(format!("{SPACE} The action itself may have been carried out."))
}
