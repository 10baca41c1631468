//! Writers of returned files.

use std::fs::{Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Error, File, Result};
use graph_client::{FileWriter, numbered_file_name, shorter_file_name};
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

use super::new_file::{Destination, NewFile, folder_of, open_stream, remove_stale};
use super::unwritable;

/// Maximum size of a returned file in an output, in bytes. Larger ones need a place on disk.
const MEMORY_LIMIT: usize = 32 * 1024 * 1024;

/// A file that becomes a part of the output.
pub(super) struct InMemory {
    card: File,
    content: Vec<u8>,
}

impl InMemory {
    pub(super) fn new(card: File) -> InMemory {
        InMemory { card, content: Vec::new() }
    }
}

#[async_trait]
impl FileWriter for InMemory {
    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        if self.content.len() + chunk.len() > MEMORY_LIMIT {
            return Err(Error::new(
                Code::InvalidInput,
                format!("the file is larger than {MEMORY_LIMIT} bytes, too large to be part of the output"),
            )
            .with_hint("Name a place on disk for it (`LocalFiles::store_at`)."));
        }
        self.content.extend_from_slice(&chunk);
        Ok(())
    }
    async fn finish(self: Box<Self>) -> Result<File> {
        Ok(self.card.with_content(&self.content))
    }
}

/// A file on the disk, which appears under its name when it is complete; or a device or a pipe.
pub(super) struct OnDisk {
    card: File,
    file: tokio::fs::File,
    // The name that it wants. `None`: it is no new file.
    new: Option<NewFile>,
    path: PathBuf,
}

impl OnDisk {
    /// Creates the file.
    ///
    /// # Errors
    /// `output` when nothing can be written there.
    pub(super) async fn create(card: File, place: &Destination) -> Result<OnDisk> {
        let path = match place {
            Destination::Folder(folder) => folder.join(&card.name),
            Destination::File(path) | Destination::Stream(path) => path.clone(),
        };
        let (is_new, to) = (!matches!(place, Destination::Stream(_)), path.clone());
        let open = move || match is_new {
            true => {
                let (new, file) = NewFile::beside(&to, &mut OpenOptions::new())?;
                tidy(&to, file.metadata()?);
                Ok((Some(new), file))
            }
            false => open_stream(&to).map(|file| (None, file)),
        };
        let (new, file) = blocking(open).await.map_err(|error| unwritable("created", &path, error))?;
        Ok(OnDisk { card, file: file.into(), new, path })
    }
}

#[async_trait]
impl FileWriter for OnDisk {
    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.file.write_all(&chunk).await.map_err(|error| unwritable("written", &self.path, error))?;
        self.card.size += chunk.len() as u64;
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<File> {
        let OnDisk { card, mut file, new, path } = *self;
        let failed = |error| unwritable("stored", &path, error);
        file.flush().await.map_err(failed)?;
        let stored = match new {
            // A pipe has no disk to be on.
            None => path.clone(),
            Some(new) => {
                file.sync_all().await.map_err(failed)?;
                // Closed before it is renamed, as some systems want it.
                drop(file.into_std().await);
                let wanted = path.clone();
                blocking(move || name(&new, wanted)).await.map_err(failed)?
            }
        };
        Ok(card.with_path(stored.display().to_string()))
    }
}

/// Gives the file the name that it wants, or the first one with a number that nobody has: `report.pdf`, `report
/// (2).pdf`, and so on. A program that looks for a name at the same time gets another one.
fn name(new: &NewFile, wanted: PathBuf) -> io::Result<PathBuf> {
    match free_name(new, &wanted) {
        // Some file systems take fewer bytes than others: 143 where names are encrypted.
        Err(error) if error.kind() == ErrorKind::InvalidFilename => {
            let name = wanted.file_name().unwrap_or_default().to_string_lossy();
            free_name(new, &wanted.with_file_name(shorter_file_name(&name, SHORT))).map_err(|_| error)
        }
        named => named,
    }
}

/// Length of a name that every file system supports, in bytes.
const SHORT: usize = 120;

fn free_name(new: &NewFile, wanted: &Path) -> io::Result<PathBuf> {
    let name = wanted.file_name().unwrap_or_default().to_string_lossy();
    let others = (2..=u32::MAX).map(|number| wanted.with_file_name(numbered_file_name(&name, &format!(" ({number})"))));
    for path in std::iter::once(wanted.to_owned()).chain(others) {
        match new.name(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            named => return named.map(|()| path),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

// On a thread of its own, which nobody waits for: the folder may be large, or slow.
fn tidy(path: &Path, like: Metadata) {
    let folder = folder_of(path).to_owned();
    let _ = std::thread::Builder::new().spawn(move || remove_stale(&folder, &like));
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|_| Err(io::Error::other("the program is ending")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_name_that_the_file_system_does_not_take_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join(format!("{}.pdf", "漢".repeat(100)));
        for number in ["", " (2)"] {
            let (new, file) = NewFile::beside(&wanted, &mut OpenOptions::new()).unwrap();
            drop(file);
            let stored = name(&new, wanted.clone()).unwrap();
            let name = stored.file_name().unwrap().to_str().unwrap();
            assert!(name.ends_with(&format!("漢{number}.pdf")) && name.len() <= SHORT + number.len(), "{name}");
        }
    }
}
