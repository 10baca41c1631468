//! Small private files that are created once and replaced as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use connector_sdk::{Code, Error, Result, Retry};
use zeroize::Zeroizing;

use crate::files::NewFile;
use crate::store::{OnlyOwner, create_folder};

/// Creates the file with this text. `false`: another process was faster, and its file stays.
pub(super) fn create(path: &Path, text: &str) -> io::Result<bool> {
    // A link, because it fails where a rename would replace the other process's key.
    create_by(path, text, |from, to| fs::hard_link(from, to))
}

fn create_by(path: &Path, text: &str, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<bool> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder)?;
    }
    let new = write_beside(path, text)?;
    match link(new.path(), path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        // A file system without links. An empty file under this name, even for a moment, would pass for a key that is
        // broken: so it is taken by a rename, one process after the other.
        Err(_) => {
            let _lock = lock(path)?;
            if fs::symlink_metadata(path).is_ok() {
                return Ok(false);
            }
            fs::rename(new.path(), path)?;
        }
        Ok(()) => {}
    }
    sync_folder(path).map(|()| true)
}

/// Runs `change` while no other process changes the file: what it reads from the file is still true when it writes.
pub(super) fn alone<T>(path: &Path, change: impl FnOnce() -> Result<T>) -> Result<T> {
    let lock = lock(path).map_err(|error| io_error("locked", path, &error))?;
    let done = change();
    // Closing gives it back too.
    let _ = lock.unlock();
    done
}

/// Locks the lock file beside the file, because the file itself is replaced.
fn lock(path: &Path) -> io::Result<File> {
    let beside = path.with_extension("lock");
    let is_new = path.exists() && !beside.exists();
    let lock = OpenOptions::new().write(true).create(true).truncate(false).only_owner().open(&beside)?;
    if is_new {
        keep_owner(&beside, path)?;
    }
    lock.lock()?;
    Ok(lock)
}

pub(super) fn io_error(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::new(Code::Unavailable, format!("the key file {} cannot be {what}: {error}", path.display()))
        .retry(Retry::Never)
        .with_hint("Check the path and the permissions of its folder.")
}

/// Replaces the file in one step, so that a crash leaves the old one or the new one. The owner stays the same, whoever
/// replaces it.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = write_beside(path, text)?;
    keep_owner(new.path(), path)?;
    new.replace(path)?;
    sync_folder(path)
}

/// Gives a new file to the owner of another one, who could not read it otherwise: an administrator has created it.
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

/// A stamp that tells one content of a file from the next: each is a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    changed: Option<SystemTime>,
    length: u64,
    number: u64,
}

impl Stamp {
    /// Returns the stamp of a file; `None` when there is no file.
    pub(super) fn of(path: &Path) -> Option<Stamp> {
        let about = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&about);
        #[cfg(not(unix))]
        let number = 0;
        Some(Stamp { changed: about.modified().ok(), length: about.len(), number })
    }
}

/// Writes a new file in the same folder. If it does not get its name, it is removed.
pub(super) fn write_beside(path: &Path, text: &str) -> io::Result<NewFile> {
    let (new, mut file) = NewFile::beside(path, OpenOptions::new().only_owner())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(new)
}

/// Writes the folder to the disk, so that a new name in it is there after a crash.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Reads the file, if its owner alone may read it.
pub(super) fn read_private(path: &Path) -> Result<Zeroizing<String>> {
    let file = File::open(path).map_err(|error| io_error("read", path, &error))?;
    let about = file.metadata().map_err(|error| io_error("read", path, &error))?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&about);
        if mode & 0o077 != 0 {
            return Err(invalid(format!(
                "the key file {} may be read by others (its mode is {:03o})",
                path.display(),
                mode & 0o777
            ))
            .with_hint(format!(
                "Run `chmod 600 {}`. If others could have read it, make a new key afterwards.",
                path.display()
            )));
        }
    }
    // Room for all of it from the start, so that no copy is left behind where it had to grow.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(about.len()).unwrap_or(0).min(1 << 20) + 1));
    file.take(1 << 20).read_to_string(&mut text).map_err(|error| io_error("read", path, &error))?;
    Ok(text)
}

/// Creates the error for a source of keys that is not usable as it is.
pub(super) fn invalid(message: String) -> Error {
    Error::new(Code::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_first_one_makes_it_with_links_and_without() {
        let no_links = |_: &Path, _: &Path| Err(io::Error::from(ErrorKind::Unsupported));
        let links = |from: &Path, to: &Path| fs::hard_link(from, to);
        for (link, left) in [
            (&links as &(dyn Fn(&Path, &Path) -> io::Result<()> + Sync), vec!["key"]),
            (&no_links, vec!["key", "key.lock"]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("key");
            let made: Vec<bool> = std::thread::scope(|scope| {
                let make = |text: &'static str| scope.spawn(|| create_by(&path, text, link).unwrap());
                ["one", "two", "six", "ten"].map(make).into_iter().map(|made| made.join().unwrap()).collect()
            });
            assert_eq!(made.iter().filter(|made| **made).count(), 1);
            assert_eq!(
                (fs::read_to_string(&path).unwrap().len(), names(folder.path())),
                (3, left.iter().map(ToString::to_string).collect())
            );
            assert!(read_private(&path).is_ok(), "it is its owner's alone");
        }
    }

    #[test]
    fn what_cannot_be_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let full = |_: &Path, _: &Path| Err(io::Error::from(ErrorKind::StorageFull));
        // The lock cannot be had: its name is a folder's.
        fs::create_dir(path.with_extension("lock")).unwrap();
        assert!(create_by(&path, "text", full).is_err());
        assert_eq!(names(folder.path()), ["key.lock"]);
        // What a disk that fills while it is written leaves.
        drop(write_beside(&path, "half").unwrap());
        assert_eq!(names(folder.path()), ["key.lock"]);
        fs::create_dir(&path).unwrap();
        assert!(replace(&path, "text").is_err());
        assert_eq!(names(folder.path()), ["key", "key.lock"]);
    }
}
