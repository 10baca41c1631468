//! The folder of the program's data.

use std::path::PathBuf;
use std::sync::Arc;

use connector_runtime::{KeyRing, KeySource, Metadata, ObjectBlobs, store};
use connector_sdk::{Code, Error, Result};
use url::Url;

/// Environment variable that names the folder.
pub(crate) const VARIABLE: &str = "TENON_HOME";

/// Returns the folder: `TENON_HOME`, else the platform's folder for application data. It need not exist.
///
/// # Errors
/// `invalid_input` when the variable is not set and the user has no home.
pub(crate) fn folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    directories::ProjectDirs::from("", "", "tenon").map(|folders| folders.data_dir().to_owned()).ok_or_else(|| {
        Error::new(Code::InvalidInput, "there is no home directory to keep data in")
            .with_hint(format!("Name a folder with the variable {VARIABLE}."))
    })
}

/// Returns Microsoft's description of Graph, as it is stored once it was downloaded.
///
/// # Errors
/// As [`folder`].
pub(crate) fn metadata() -> Result<Metadata> {
    Ok(Metadata::at(folder()?.join("metadata")))
}

/// Environment variable that names the address for Graph's notifications.
pub(crate) const NOTIFICATION_URL: &str = "TENON_NOTIFICATION_URL";

/// Returns the address below which Graph's notifications come to this machine, if there is one.
///
/// # Errors
/// `invalid_input` when it is no text.
pub(crate) fn notification_url() -> Result<Option<String>> {
    match std::env::var(NOTIFICATION_URL) {
        Ok(url) => Ok(Some(url).filter(|url| !url.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(error) => {
            Err(Error::new(Code::InvalidInput, format!("the variable {NOTIFICATION_URL} cannot be read: {error}")))
        }
    }
}

/// Opens the store `tenon.db` and the key that seals it. Both are created at first use, for their owner alone. A key
/// that is lost or locked away is reported when it is needed.
///
/// # Errors
/// Those of the store and of the key file.
pub(crate) fn store() -> Result<(Arc<dyn store::Store>, KeyRing)> {
    let folder = folder()?;
    let keys = key_source()?.open_later()?;
    Ok((Arc::new(store::Sqlite::open(folder.join("tenon.db"))?), keys))
}

/// Returns the store of the content of temporary files, which is beside the store. Its folder is created at first use.
///
/// # Errors
/// Those of [`folder`].
pub(crate) fn files() -> Result<ObjectBlobs> {
    Ok(ObjectBlobs::in_folder(folder()?.join("files")))
}

/// Returns the store of the content of temporary files at a URL: a folder that several machines share, or an object
/// storage.
///
/// # Errors
/// `invalid_input` for what is neither, or an object storage where this program has none.
pub(crate) fn files_at(url: &Url) -> Result<ObjectBlobs> {
    if url.scheme() == "file" {
        let wrong = |()| {
            Error::new(Code::InvalidInput, format!("{url} is no folder of this machine"))
                .with_hint("Write it with three slashes: file:///srv/tenon/files.")
        };
        return Ok(ObjectBlobs::in_folder(url.to_file_path().map_err(wrong)?));
    }
    in_object_storage(url)
}

#[cfg(feature = "object-storage")]
fn in_object_storage(url: &Url) -> Result<ObjectBlobs> {
    ObjectBlobs::at_url(url, graph_client::usual_transport()?)
}

// The rest of the address may be a secret.
#[cfg(not(feature = "object-storage"))]
fn in_object_storage(url: &Url) -> Result<ObjectBlobs> {
    Err(Error::new(Code::InvalidInput, format!("this program has no storage for addresses of `{}`", url.scheme()))
        .with_hint("Name a folder, such as file:///srv/tenon/files, or build it with `--features object-storage`."))
}

/// Returns the source of the store's key: where it is kept, or shall be.
///
/// # Errors
/// Those of [`folder`] and [`KeySource::usual`].
pub(crate) fn key_source() -> Result<KeySource> {
    KeySource::usual(key_file()?)
}

/// Returns the path of the file with the key, or with the name of the keyring's entry that has it.
///
/// # Errors
/// Those of [`folder`].
pub(crate) fn key_file() -> Result<PathBuf> {
    Ok(folder()?.join("key"))
}
