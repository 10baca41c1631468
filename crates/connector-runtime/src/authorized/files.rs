//! The temporary files of a principal.

use std::sync::Arc;

use connector_sdk::{ByteRange, Result};
use graph_client::Files;
use serde_json::Value;

use super::AuthorizedHost;
use super::run_files::RunFiles;
use crate::blobs::{NewTemporaryFile, OpenedFile, TemporaryFile, TemporaryFileWriter, TemporaryFiles};
use crate::context::named_files;
use crate::principal::PrincipalId;
use crate::store::AuditKind;

/// The temporary files of a principal. Those of another one, also of a key that the principal has made, look to it as
/// if they did not exist. They live for an hour and count against a quota; see [`FileLimits`](crate::FileLimits).
///
/// ```
/// use connector_runtime::bytes::Bytes;
/// use connector_runtime::{Host, Interface, Principal, read_to_end};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> connector_runtime::Result<()> {
/// let host = Host::builder().build()?.authorize(Principal::owner(), Interface::Library);
/// let mut writer = host.files().create("report.txt", "text/plain", None).await?;
/// writer.write(Bytes::from_static(b"All is well.")).await?;
/// let file = writer.finish().await?;
///
/// let opened = host.files().open(&file.id, Some("0-2".parse()?)).await?;
/// assert_eq!(read_to_end(opened.content, 100).await?, "All");
/// assert_eq!(host.files().list().await?, [file]);
/// # Ok(())
/// # }
/// ```
pub struct AuthorizedFiles<'a> {
    seen: &'a AuthorizedHost,
}

impl<'a> AuthorizedFiles<'a> {
    pub(super) fn new(seen: &'a AuthorizedHost) -> AuthorizedFiles<'a> {
        AuthorizedFiles { seen }
    }

    /// Begins a file. In its name what is not safe in a file system is replaced. With a `length`, the room for it is
    /// reserved at once, and the file must have as many bytes.
    ///
    /// # Errors
    /// `denied` with the reason `quota` where there is no room for it, or when the key has expired; `invalid_input` for
    /// what is no media type; the store's.
    pub async fn create(&self, name: &str, content_type: &str, length: Option<u64>) -> Result<TemporaryFileWriter> {
        self.seen.check_expiry()?;
        let new = NewTemporaryFile::new(name, content_type, length)?;
        self.files().remove_if_due(&self.seen.host.0.store);
        let seen = self.seen.clone();
        let writer = self.files().create(self.id(), new).await?;
        Ok(writer.reported(move |file| seen.audit_file(AuditKind::FileAdded, &file.id)))
    }

    /// Opens a file, or a range of it.
    ///
    /// # Errors
    /// As [`AuthorizedFiles::show`]; `invalid_input` with the reason `range` for a range in which the file has no byte;
    /// `unavailable` when the content is gone, has been changed or cannot be read.
    pub async fn open(&self, id: &str, range: Option<ByteRange>) -> Result<OpenedFile> {
        self.seen.check_expiry()?;
        self.files().find(self.id(), id).await?.open(range).await
    }

    /// Returns information about a file.
    ///
    /// # Errors
    /// `not_found`, the same for a file that does not exist, one that has expired and one of another principal;
    /// `denied` when the key has expired; the store's.
    pub async fn show(&self, id: &str) -> Result<TemporaryFile> {
        self.seen.check_expiry()?;
        Ok(self.files().find(self.id(), id).await?.info().clone())
    }

    /// Lists the files, those first that expire first.
    ///
    /// # Errors
    /// `denied` when the key has expired; the store's.
    pub async fn list(&self) -> Result<Vec<TemporaryFile>> {
        self.seen.check_expiry()?;
        self.files().list(self.id()).await
    }

    /// Removes a file, and gives its room back.
    ///
    /// # Errors
    /// As [`AuthorizedFiles::show`].
    pub async fn remove(&self, id: &str) -> Result<()> {
        self.seen.check_expiry()?;
        self.files().remove(self.id(), id).await?;
        self.seen.audit_file(AuditKind::FileRemoved, id);
        Ok(())
    }

    /// Returns the files of one run, for [`Run::files`](crate::Run::files). It reads the temporary files that the input
    /// names by their ids (`{"file": "…"}`), and those of `attached`, which are names of this one call with the ids of
    /// their files. Files that the run returns become temporary files of the principal, and its output names them.
    ///
    /// A run that has begun may go on reading for ten minutes after a file has expired.
    ///
    /// A name that is neither is an error of the run, as it is for a file that was not attached.
    ///
    /// # Errors
    /// As [`AuthorizedFiles::show`], for the files of `attached`.
    pub async fn for_run(&self, input: &Value, attached: &[(&str, &str)]) -> Result<Arc<dyn Files>> {
        self.seen.check_expiry()?;
        let mut ids = Vec::new();
        named_files(input, &mut ids);
        let mut files = RunFiles::new(self.files().clone(), self.id().clone());
        for found in self.files().find_all(self.id(), &ids.into_iter().collect()).await? {
            files.attach(found.info().id.clone(), found);
        }
        // The names of the call come before ids, which nobody chooses.
        for (name, id) in attached {
            files.attach((*name).to_owned(), self.files().find(self.id(), id).await?);
        }
        Ok(Arc::new(files))
    }

    fn files(&self) -> &Arc<TemporaryFiles> {
        &self.seen.host.0.files
    }

    fn id(&self) -> &PrincipalId {
        &self.seen.principal.id
    }
}
