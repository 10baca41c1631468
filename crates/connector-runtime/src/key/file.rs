//! A small private file that is made once and replaced as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use connector_sdk::{Code, Error, Result, Retry};
use zeroize::Zeroizing;

use super::source::invalid;
use crate::store::{OnlyOwner, create_folder};

/// Makes the file with this text. `false`: another process was faster, and its file stays.
pub(super) fn create(path: &Path, text: &str) -> io::Result<bool> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder)?;
    }
    let new = write_beside(path, text)?;
    // A link, because it fails where a rename would replace the other process's key.
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        linked => linked,
    }?;
    sync_folder(path).map(|()| true)
}

/// Runs `change` while no other process changes the file: what is read in it is still so when it is written.
/// The lock is a file beside it, because the file itself is replaced.
pub(super) fn alone<T>(path: &Path, change: impl FnOnce() -> Result<T>) -> Result<T> {
    let beside = path.with_extension("lock");
    let is_new = path.exists() && !beside.exists();
    let lock = OpenOptions::new().write(true).create(true).truncate(false).only_owner().open(&beside);
    let lock = lock.and_then(|file| if is_new { keep_owner(&beside, path).map(|()| file) } else { Ok(file) });
    let lock = lock.and_then(|file| file.lock().map(|()| file)).map_err(|error| io_error("locked", path, &error))?;
    let done = change();
    // Closing gives it back too.
    let _ = lock.unlock();
    done
}

pub(super) fn io_error(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(Code::Unavailable, format!("the key file {} cannot be {what}: {error}", path.display()))
        .retry(Retry::Never)
        .hint("Check the path and the permissions of its folder.")
}

/// Replaces the file in one step, so that a crash leaves the old one or the new one. It stays its owner's, whoever does it.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = write_beside(path, text)?;
    if let Err(error) = keep_owner(&new, path).and_then(|()| fs::rename(&new, path)) {
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    sync_folder(path)
}

/// Gives a new file to the owner of another one, who could not read it otherwise: an administrator has made it.
#[cfg(unix)]
fn keep_owner(new: &Path, like: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let (new_is, like_is) = (fs::metadata(new)?, fs::metadata(like)?);
    if new_is.uid() == like_is.uid() {
        return Ok(());
    }
    chown(new, Some(like_is.uid()), Some(like_is.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_new: &Path, _like: &Path) -> io::Result<()> {
    Ok(())
}

/// Tells one content of a file from the next: each is a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    changed: Option<SystemTime>,
    length: u64,
    number: u64,
}

impl Stamp {
    /// `None` when there is no file.
    pub(super) fn of(path: &Path) -> Option<Stamp> {
        let about = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&about);
        #[cfg(not(unix))]
        let number = 0;
        Some(Stamp { changed: about.modified().ok(), length: about.len(), number })
    }
}

pub(super) fn write_beside(path: &Path, text: &str) -> io::Result<PathBuf> {
    let mut unique = [0; 8];
    super::random(&mut unique).map_err(io::Error::other)?;
    let new = path.with_extension(format!("{:016x}.new", u64::from_ne_bytes(unique)));
    let mut file = OpenOptions::new().write(true).create_new(true).only_owner().open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(new)
}

/// A new name is on the disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What the file holds, if its owner alone may read it.
pub(super) fn read_private(path: &Path) -> Result<Zeroizing<String>> {
    let file = File::open(path).map_err(|error| io_error("read", path, &error))?;
    let about = file.metadata().map_err(|error| io_error("read", path, &error))?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&about);
        if mode & 0o077 != 0 {
            return Err(invalid(format!("the key file {} may be read by others (its mode is {:03o})", path.display(), mode & 0o777))
                .hint(format!("Run `chmod 600 {}`. If others could have read it, make a new key afterwards.", path.display())));
        }
    }
    // Room for all of it from the start, so that no copy is left behind where it had to grow.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(about.len()).unwrap_or(0).min(1 << 20) + 1));
    file.take(1 << 20).read_to_string(&mut text).map_err(|error| io_error("read", path, &error))?;
    Ok(text)
}
