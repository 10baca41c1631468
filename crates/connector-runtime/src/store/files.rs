//! Files and folders that only their owner may read.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Makes the folder and what is missing above it, readable by the owner alone. A folder that is there
/// already keeps the permissions that somebody gave it.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Creates files that are private from their first moment on.
pub(crate) trait OnlyOwner {
    /// The mode is 0600 where the system knows modes.
    fn only_owner(&mut self) -> &mut Self;
}

impl OnlyOwner for OpenOptions {
    fn only_owner(&mut self) -> &mut Self {
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(self, 0o600);
        self
    }
}
