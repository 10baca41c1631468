//! Blobs in memory, in a folder, or in an object storage.

use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::{error, io};

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Error, Result};
use futures_util::{StreamExt, TryStreamExt, future, stream};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use super::{BlobInfo, BlobList, BlobRange, BlobStore};
use crate::store::create_folder;

/// Sign in the names of files that are being written.
const PARTIAL: char = '#';

/// Blobs in a store of the crate `object_store`. Cheap to clone.
///
/// ```
/// use std::sync::Arc;
///
/// use connector_runtime::{FileLimits, Host, ObjectBlobs};
///
/// # fn main() -> connector_runtime::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// let blobs = ObjectBlobs::in_folder(folder.path().join("files"));
/// let limits = FileLimits::default().quota(100 << 20);
/// let host = Host::builder().files(Arc::new(blobs)).file_limits(limits).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ObjectBlobs(Arc<Objects>);

struct Objects {
    opened: OnceCell<Arc<dyn ObjectStore>>,
    // Where they are once something is stored: a folder is made then and not before.
    folder: Option<PathBuf>,
    // The path within the store below which they are.
    below: Path,
}

impl ObjectBlobs {
    /// Creates a store in memory, which ends with the last clone.
    pub fn in_memory() -> ObjectBlobs {
        ObjectBlobs::new(Arc::new(InMemory::new()), Path::default())
    }

    /// Creates a store in a folder. The folder is created at first use, readable by its owner alone.
    pub fn in_folder(folder: impl Into<PathBuf>) -> ObjectBlobs {
        ObjectBlobs(Arc::new(Objects { opened: OnceCell::new(), folder: Some(folder.into()), below: Path::default() }))
    }

    /// Creates a store over an object storage, below a path.
    pub(super) fn new(objects: Arc<dyn ObjectStore>, below: Path) -> ObjectBlobs {
        ObjectBlobs(Arc::new(Objects { opened: OnceCell::new_with(Some(objects)), folder: None, below }))
    }
}

impl Objects {
    async fn open(&self) -> Result<&Arc<dyn ObjectStore>> {
        self.opened
            .get_or_try_init(|| async {
                let folder = self.folder.clone().unwrap_or_default();
                blocking("opened", move || open_folder(&folder)).await
            })
            .await
    }

    // Stores refuse a range behind the end of a blob, each with another error.
    async fn beyond(&self, name: &str, from: u64) -> Option<BlobRange> {
        let meta = self.open().await.ok()?.head(&self.path(name)).await.ok()?;
        (meta.size <= from).then(|| BlobRange { bytes: Bytes::new(), size: meta.size })
    }

    fn path(&self, name: &str) -> Path {
        self.below.parts().chain(Path::from(name).parts()).collect()
    }
}

fn open_folder(folder: &FilePath) -> io::Result<Arc<dyn ObjectStore>> {
    create_folder(folder)?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?))
}

/// Finds the blobs in a folder that a killed program had half written. They have names of which the crate lists none.
fn partial_blobs(folder: &FilePath, space: &str) -> io::Result<Vec<BlobInfo>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().filter(|name| name.contains(PARTIAL)).map(str::to_owned) else {
            continue;
        };
        // One that is whole now has another name.
        let Ok(written) = entry.metadata().and_then(|meta| meta.modified()) else { continue };
        if let Ok(stored) = Timestamp::try_from(written) {
            found.push(BlobInfo { name: format!("{space}/{name}"), stored });
        }
    }
    Ok(found)
}

async fn blocking<T: Send + 'static>(what: &str, work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    let done = spawn_blocking(work).await.unwrap_or_else(|_| Err(io::Error::other("the program is ending")));
    done.map_err(|error| failed(what, &error))
}

#[async_trait]
impl BlobStore for ObjectBlobs {
    async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        let put = self.0.open().await?.put(&self.0.path(name), bytes.into()).await;
        put.map(|_| ()).map_err(|error| failed("written", &error))
    }

    async fn get(&self, name: &str, range: Range<u64>) -> Result<Option<BlobRange>> {
        let from = range.start;
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = match self.0.open().await?.get_opts(&self.0.path(name), options).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return self.0.beyond(name, from).await.ok_or_else(|| failed("read", &error)).map(Some),
        };
        let size = found.meta.size;
        let bytes = found.bytes().await.map_err(|error| failed("read", &error))?;
        Ok(Some(BlobRange { bytes, size }))
    }

    async fn remove(&self, name: &str) -> Result<()> {
        if let Some(folder) = self.0.folder.as_ref().filter(|_| name.contains(PARTIAL)) {
            let path = folder.join(name);
            return blocking("removed", move || std::fs::remove_file(path)).await;
        }
        match self.0.open().await?.delete(&self.0.path(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed("removed", &error)),
        }
    }

    fn list(&self, space: &str) -> BlobList {
        let (objects, space) = (self.0.clone(), space.to_owned());
        let opened = async move {
            let (store, skipped) = (objects.open().await?.clone(), objects.below.parts().count());
            let path = objects.path(&space);
            let partial = match objects.folder.as_ref().map(|folder| folder.join(&space)) {
                Some(folder) => blocking("listed", move || partial_blobs(&folder, &space)).await?,
                None => Vec::new(),
            };
            let found = store.list(Some(&path));
            let found = found.map_err(|error| failed("listed", &error)).try_filter_map(move |meta| {
                let name = meta.location.parts().skip(skipped).collect::<Path>().to_string();
                // Of a time that cannot be, nothing is said.
                let stored = Timestamp::new(meta.last_modified.timestamp(), 0).ok();
                future::ok(stored.map(|stored| BlobInfo { name, stored }))
            });
            Ok::<_, Error>(found.chain(stream::iter(partial.into_iter().map(Ok))))
        };
        Box::pin(stream::once(opened).try_flatten())
    }
}

/// Creates the error for what a storage cannot do. Of its own error only that of the system is repeated: others may
/// have addresses with a signature in them.
fn failed(what: &str, error: &(dyn error::Error + 'static)) -> Error {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let system = causes.filter_map(|error| error.downcast_ref::<io::Error>()).find_map(|error| error.raw_os_error());
    let failed = Error::new(Code::Unavailable, format!("the storage of temporary files could not be {what}"));
    match system {
        Some(number) => failed.caused_by(io::Error::from_raw_os_error(number)),
        None => failed,
    }
    .with_hint("Check the storage, its permissions and the space in it.")
}
