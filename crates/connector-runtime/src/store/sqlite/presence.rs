//! Presence files: detection of which processes are alive.
//!
//! A process that takes a lock keeps a small file beside the store locked. The system lets go of it when the
//! process ends, however it ends, so that others see at once that what it held is free. Neither process ids
//! nor start times are compared: the file tells a container's process from the host's too, as long as both
//! share the kernel, which they must to share the store at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::random;
use crate::store::OnlyOwner;

/// Maximum number of files of ended processes that are removed at once.
const SWEEP: usize = 64;

/// The presence of the processes that share a store.
pub(super) struct Presence {
    /// Canonical path of the store, the same for everybody who shares it.
    store: PathBuf,
    mine: OnceLock<Option<Mine>>,
}

/// The presence of this process.
struct Mine {
    name: String,
    path: PathBuf,
    // Locked as long as it is open.
    _file: File,
}

impl Drop for Mine {
    fn drop(&mut self) {
        // One that stays is cleared away by the next process.
        let _ = fs::remove_file(&self.path);
    }
}

impl Presence {
    pub(super) fn beside(store: &Path) -> Presence {
        // SQLite follows links too, so that all have one place.
        let store = fs::canonicalize(store).unwrap_or_else(|_| store.to_owned());
        Presence { store, mine: OnceLock::new() }
    }

    /// Returns the name under which this process is known to be alive; `None` where that cannot be shown, such as on a
    /// full disk. Created at the first call.
    pub(super) fn mine(&self) -> Option<&str> {
        let mine = self.mine.get_or_init(|| {
            self.sweep();
            (0..4).find_map(|_| self.make().ok().flatten())
        });
        mine.as_ref().map(|mine| mine.name.as_str())
    }

    /// Returns whether the process of this name has certainly ended.
    pub(super) fn has_ended(&self, name: &str) -> bool {
        if self.mine.get().and_then(Option::as_ref).is_some_and(|mine| mine.name == name) {
            return false;
        }
        match File::open(self.path(name)) {
            // Whoever ends in good order takes it away.
            Err(error) => error.kind() == io::ErrorKind::NotFound,
            Ok(file) => file.try_lock_shared().is_ok(),
        }
    }

    fn make(&self) -> io::Result<Option<Mine>> {
        let name = random::name::<8>().map_err(io::Error::other)?;
        let path = self.path(&name);
        let file = OpenOptions::new().write(true).create_new(true).only_owner().open(&path)?;
        let locked = match file.try_lock() {
            Ok(()) => path.exists(),
            // Somebody who clears away has taken it for a dead one's.
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => {
                let _ = fs::remove_file(&path);
                return Err(error);
            }
        };
        Ok(locked.then(|| Mine { name, path, _file: file }))
    }

    /// Removes the files that killed processes have left.
    fn sweep(&self) {
        let (Some(folder), prefix) = (self.store.parent(), self.prefix()) else { return };
        let Ok(files) = fs::read_dir(folder) else { return };
        let ours = files.flatten().filter(|file| file.file_name().to_string_lossy().starts_with(&prefix));
        for file in ours.take(SWEEP) {
            let Ok(open) = File::open(file.path()) else { continue };
            if open.try_lock().is_ok() {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.store.with_file_name(self.prefix() + name)
    }

    fn prefix(&self) -> String {
        format!("{}-alive-", self.store.file_name().unwrap_or_default().to_string_lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_ended_is_known_and_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store.db");
        fs::write(&store, "").unwrap();
        let (one, other) = (Presence::beside(&store), Presence::beside(&store));
        let name = one.mine().unwrap().to_owned();
        assert!(!one.has_ended(&name) && !other.has_ended(&name), "it is alive");
        drop(one);
        assert!(other.has_ended(&name));
        // As a kill leaves it.
        let dead = other.path("dead");
        fs::write(&dead, "").unwrap();
        assert!(other.has_ended("dead") && !other.has_ended(other.mine().unwrap()));
        assert!(!dead.exists(), "the first who comes clears it away");
    }
}
