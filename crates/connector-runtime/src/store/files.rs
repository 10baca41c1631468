//! Files and folders that only their owner may read.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Creates the folder and what is missing above it, readable by the owner alone. An existing folder keeps the
/// permissions that somebody gave it.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options for creating files that are private from their first moment on.
pub(crate) trait OnlyOwner {
    /// Sets the mode to 0600 where the system knows modes.
    fn only_owner(&mut self) -> &mut Self;
}

impl OnlyOwner for OpenOptions {
    fn only_owner(&mut self) -> &mut Self {
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(self, 0o600);
        self
    }
}
