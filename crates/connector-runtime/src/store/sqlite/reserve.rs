//! Reserved room on the disk for writes that must not fail.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use connector_sdk::Result;

use super::fail::{StoreName, stays};
use crate::random;
use crate::store::OnlyOwner;

/// Size of the reserve, in bytes: a few documents of some kilobytes, each with the pages around it.
const SIZE: usize = 128 << 10;

/// A file that takes up room until it is needed.
pub(super) struct Reserve(PathBuf);

impl Reserve {
    pub(super) fn beside(store: &Path) -> Reserve {
        let name = store.file_name().unwrap_or_default().to_string_lossy();
        Reserve(store.with_file_name(format!("{name}-reserve")))
    }

    /// Reserves the room, if it is not reserved already.
    pub(super) fn take(&self, name: &StoreName) -> Result<()> {
        if fs::metadata(&self.0).is_ok_and(|file| file.len() >= SIZE as u64) {
            return Ok(());
        }
        self.fill().map_err(|error| {
            self.give_back();
            stays(format!("there is no space on the disk of the store {name}: {error}"))
                .with_hint("Free some space, then try again.")
        })
    }

    /// Releases the room, for the write that needs it.
    pub(super) fn give_back(&self) {
        let _ = fs::remove_file(&self.0);
    }

    fn fill(&self) -> io::Result<()> {
        // Noise, because some file systems store nothing for zeros.
        let mut noise = vec![0; SIZE];
        random::fill(&mut noise).map_err(io::Error::other)?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).only_owner().open(&self.0)?;
        file.write_all(&noise)?;
        file.sync_all()
    }
}
