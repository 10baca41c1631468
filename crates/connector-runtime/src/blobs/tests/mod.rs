//! Tests of temporary files: a real folder, a real SQLite.

mod breaking_off;
#[cfg(feature = "object-storage")]
mod cloud;
mod content;
mod quota;
mod removal;
mod tampering;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use connector_sdk::{Result, read_to_end};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::key::KeySource;
use crate::kinds::BLOB_USAGE;
use crate::principal::PrincipalId;
use crate::seal::SealedDocuments;
use crate::store::Sqlite;

/// The temporary files of a host, with a clock that a test can move.
struct Stage {
    files: Arc<TemporaryFiles>,
    folder: TempDir,
    later: Arc<AtomicI64>,
}

impl Stage {
    fn new() -> Stage {
        Stage::with(FileLimits::default())
    }

    fn with(limits: FileLimits) -> Stage {
        Stage::built(limits, |blobs| blobs)
    }

    // `over`: what stands between the host and its folder.
    fn built(limits: FileLimits, over: impl FnOnce(Arc<dyn BlobStore>) -> Arc<dyn BlobStore>) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let later = Arc::new(AtomicI64::new(0));
        let files = open(&folder, limits, over(Arc::new(blobs(&folder))), &later);
        Stage { files, folder, later }
    }

    fn pass(&self, seconds: i64) {
        self.later.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn store(&self, of: &str, content: &[u8]) -> TemporaryFile {
        let mut writer = self.files.create(&principal(of), new("a.bin", None)).await.unwrap();
        // In pieces that fit nothing.
        for piece in content.chunks(100_003) {
            writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
        }
        writer.finish().await.unwrap()
    }

    async fn read(&self, of: &str, id: &str) -> Result<Bytes> {
        let opened = self.files.find(&principal(of), id).await?.open(None).await?;
        read_to_end(opened.content, usize::MAX).await
    }

    /// Returns the names of the files in the folder of the contents.
    fn stored(&self) -> Vec<String> {
        let mut names = Vec::new();
        walk(&self.folder.path().join("files"), &mut names);
        names.sort();
        names
    }

    async fn has_room_for(&self, of: &str, bytes: u64) -> bool {
        self.files.create(&principal(of), new("a.bin", Some(bytes))).await.is_ok()
    }

    /// Waits until what was dropped has been cleared away.
    async fn until_empty(&self) {
        while !self.stored().is_empty() || !self.files.vault.keys_of(BLOB_USAGE).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    }
}

fn open(
    folder: &TempDir,
    limits: FileLimits,
    blobs: Arc<dyn BlobStore>,
    later: &Arc<AtomicI64>,
) -> Arc<TemporaryFiles> {
    let (store, moved) = (Sqlite::open(folder.path().join("tenon.db")).unwrap(), later.clone());
    let keys = KeySource::File(folder.path().join("key")).open_later().unwrap();
    let vault = Arc::new(SealedDocuments::new(Arc::new(store), keys));
    let now = move || Timestamp::now() + SignedDuration::from_secs(moved.load(Ordering::SeqCst));
    Arc::new(TemporaryFiles::new(vault, blobs, limits, Arc::new(now)))
}

fn blobs(folder: &TempDir) -> ObjectBlobs {
    ObjectBlobs::in_folder(folder.path().join("files"))
}

fn walk(folder: &Path, names: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, names) } else { names.push(path.to_str().unwrap().to_owned()) }
    }
}

fn principal(id: &str) -> PrincipalId {
    PrincipalId::new(id).unwrap()
}

fn new(name: &str, length: Option<u64>) -> NewTemporaryFile {
    NewTemporaryFile::new(name, "application/octet-stream", length).unwrap()
}

/// Returns bytes of which no two pieces are alike.
fn bytes(length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        (0..length.div_ceil(4)).flat_map(|at| (at as u32).wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    bytes.truncate(length);
    bytes
}
