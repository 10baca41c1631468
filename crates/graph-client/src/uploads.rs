//! Upload sessions that were begun and not finished.

use std::sync::Arc;

use async_trait::async_trait;
use connector_sdk::{FileRef, Result, Secret, Upload};
use url::Url;

use crate::Session;

/// A store for the addresses of unfinished upload sessions, so that a later run can resume them.
///
/// The address of a session is a credential; keep it as one.
#[async_trait]
pub trait UploadSessionStore: Send + Sync {
    /// Returns the address of the session that was begun for `upload`, if one was.
    async fn find(&self, upload: &str) -> Result<Option<Secret>>;
    /// Stores the address of a session, replacing an earlier one.
    async fn keep(&self, upload: &str, address: &Secret) -> Result<()>;
    /// Removes the address of a session that has ended.
    async fn forget(&self, upload: &str) -> Result<()>;
}

/// The stored session of one upload. Whatever fails here costs no more than beginning anew, and is only traced.
pub(crate) struct ResumableUpload {
    uploads: Arc<dyn UploadSessionStore>,
    upload: String,
}

impl ResumableUpload {
    /// Returns the stored session of an upload whose file the host can tell from others.
    pub(crate) fn of(upload: &Upload, session: &Session) -> Option<ResumableUpload> {
        let (Some(place), Some(uploads), FileRef::Attached { file }) = (&upload.place, &session.uploads, &upload.file)
        else {
            return None;
        };
        let print = session.files.fingerprint(file)?;
        Some(ResumableUpload { uploads: uploads.clone(), upload: format!("{place}\n{print}") })
    }

    /// Returns the address of the session that an earlier run has left.
    pub(crate) async fn find(&self) -> Option<Url> {
        let found = self.uploads.find(&self.upload).await;
        let found = found.unwrap_or_else(|error| {
            tracing::warn!(%error, "an unfinished upload could not be looked up");
            None
        });
        Url::parse(found?.expose()).ok()
    }

    pub(crate) async fn keep(&self, address: &Url) {
        if let Err(error) = self.uploads.keep(&self.upload, &Secret::new(address.as_str())).await {
            tracing::warn!(%error, "an upload session was not kept; a later run begins anew");
        }
    }

    pub(crate) async fn forget(&self) {
        if let Err(error) = self.uploads.forget(&self.upload).await {
            tracing::warn!(%error, "an upload session that has ended is still kept");
        }
    }
}
