//! Files of a run on the local disk.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use connector_sdk::{Code, Error, File, FileMeta, Result};
use graph_client::{FileWriter, Files};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom};

/// How much of a returned file fits into an output. Larger ones need a place on disk.
const MEMORY_LIMIT: usize = 32 * 1024 * 1024;

/// Files on the local disk: attached ones by name, and a place for those that come back.
#[derive(Debug, Default)]
pub struct LocalFiles {
    attached: BTreeMap<String, (PathBuf, u64)>,
    place: Option<PathBuf>,
}

impl LocalFiles {
    /// No files; what comes back is carried in the output, up to 32 MiB.
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

    /// Stores what comes back at `place`: in it if it is a folder, else under this name.
    #[must_use]
    pub fn store_at(mut self, place: impl Into<PathBuf>) -> LocalFiles {
        self.place = Some(place.into());
        self
    }
}

#[async_trait]
impl Files for LocalFiles {
    fn meta(&self, name: &str) -> Option<FileMeta> {
        let (path, size) = self.attached.get(name)?;
        Some(FileMeta { size: *size, name: path.file_name().map(|name| name.to_string_lossy().into_owned()), content_type: None })
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
        let (path, _) =
            self.attached.get(name).ok_or_else(|| Error::invalid("", format!("no file is attached under the name `{name}`")))?;
        let read = async {
            let mut file = tokio::fs::File::open(path).await?;
            file.seek(SeekFrom::Start(range.start)).await?;
            let wanted = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
            let mut bytes = BytesMut::with_capacity(wanted);
            let mut part = file.take(wanted as u64);
            while part.read_buf(&mut bytes).await? > 0 {}
            io::Result::Ok(bytes.freeze())
        };
        read.await.map_err(|error| failed("read", path, &error))
    }

    async fn create(&self, name: &str, content_type: &str, _: Option<u64>) -> Result<Box<dyn FileWriter>> {
        let card = File { name: safe_name(name), content_type: content_type.to_owned(), size: 0, path: None, base64: None };
        let Some(place) = &self.place else {
            return Ok(Box::new(InMemory { card, content: Vec::new() }));
        };
        let path = if place.is_dir() { free_name(place, &card.name) } else { place.clone() };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let partial = folder.join(format!(".{}.part-{}", path.file_name().unwrap_or_default().to_string_lossy(), std::process::id()));
        let file = tokio::fs::File::create(&partial).await.map_err(|error| failed("created", &partial, &error))?;
        Ok(Box::new(OnDisk { card, file, partial: Partial(Some(partial)), path }))
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(Code::InvalidInput, format!("the file {} could not be {what}: {error}", path.display()))
        .hint("Check the path, its permissions and the space on the disk.")
}

// A name that the other side chose must not choose the folder.
fn safe_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    match name.trim() {
        "" | "." | ".." => "download".to_owned(),
        name => name.to_owned(),
    }
}

// Nothing that is there is overwritten: `report.pdf`, `report (2).pdf`, and so on.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut path = folder.join(name);
    let mut number = 2;
    while path.exists() {
        path = folder.join(format!("{stem} ({number}){ending}"));
        number += 1;
    }
    path
}

struct InMemory {
    card: File,
    content: Vec<u8>,
}

#[async_trait]
impl FileWriter for InMemory {
    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        if self.content.len() + chunk.len() > MEMORY_LIMIT {
            return Err(Error::new(
                Code::InvalidInput,
                format!("the file is larger than {MEMORY_LIMIT} bytes, too large to be part of the output"),
            )
            .hint("Name a place on disk for it; on the command line, --output PATH."));
        }
        self.content.extend_from_slice(&chunk);
        Ok(())
    }
    async fn finish(self: Box<Self>) -> Result<File> {
        Ok(File { size: self.content.len() as u64, base64: Some(STANDARD.encode(&self.content)), ..self.card })
    }
}

// A file appears under its name when it is complete, and not before.
struct OnDisk {
    card: File,
    file: tokio::fs::File,
    partial: Partial,
    path: PathBuf,
}

struct Partial(Option<PathBuf>);

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[async_trait]
impl FileWriter for OnDisk {
    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.file.write_all(&chunk).await.map_err(|error| failed("written", &self.path, &error))?;
        self.card.size += chunk.len() as u64;
        Ok(())
    }
    async fn finish(self: Box<Self>) -> Result<File> {
        let OnDisk { card, mut file, mut partial, path } = *self;
        let from = partial.0.clone().unwrap_or_default();
        let store = async {
            file.flush().await?;
            file.sync_all().await?;
            tokio::fs::rename(&from, &path).await
        };
        store.await.map_err(|error| failed("stored", &path, &error))?;
        partial.0 = None;
        Ok(File { path: Some(path.display().to_string()), ..card })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_appears_when_it_is_complete_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::new().store_at(folder.path());
        let names =
            || std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();

        let mut writer = files.create("../a.txt", "text/plain", None).await.unwrap();
        writer.write(Bytes::from_static(b"one")).await.unwrap();
        assert!(!names().contains(&"a.txt".to_owned()));
        let file = writer.finish().await.unwrap();
        assert_eq!((file.size, names()), (3, vec!["a.txt".to_owned()]));

        let second = files.create("a.txt", "text/plain", None).await.unwrap().finish().await.unwrap();
        assert!(second.path.unwrap().ends_with("a (2).txt"));

        drop(files.create("b.txt", "text/plain", None).await.unwrap());
        assert_eq!(names().len(), 2, "a dropped writer leaves nothing behind");
    }

    #[tokio::test]
    async fn parts_of_an_attached_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "0123456789").unwrap();
        let files = LocalFiles::new().attach("x", &path).unwrap();
        assert_eq!(files.meta("x").unwrap().size, 10);
        assert_eq!(files.read("x", 3..6).await.unwrap(), "345");
        assert!(files.read("y", 0..1).await.is_err());
        assert!(LocalFiles::new().attach("x", folder.path()).is_err());
    }
}
