//! Uploads that a later run can resume.

use std::sync::Arc;

use connector_sdk::{FileRef, Secret, Upload};
use url::Url;

use crate::{Session, UploadSessionStore};

/// The stored session of one upload. Whatever fails here costs no more than beginning anew, and is only traced.
pub(super) struct ResumableUpload {
    uploads: Arc<dyn UploadSessionStore>,
    upload: String,
}

impl ResumableUpload {
    /// Returns the stored session of an upload whose file the host can tell from others.
    pub(super) fn of(upload: &Upload, session: &Session) -> Option<ResumableUpload> {
        let (Some(place), Some(uploads), FileRef::Attached { file }) = (&upload.place, &session.uploads, &upload.file)
        else {
            return None;
        };
        let print = session.files.fingerprint(file)?;
        Some(ResumableUpload { uploads: uploads.clone(), upload: format!("{place}\n{print}") })
    }

    /// Returns the address of the session that an earlier run has left.
    pub(super) async fn find(&self) -> Option<Url> {
        let found = self.uploads.find(&self.upload).await;
        let found = found.unwrap_or_else(|error| {
            tracing::warn!(%error, "an unfinished upload could not be looked up");
            None
        });
        Url::parse(found?.expose()).ok()
    }

    pub(super) async fn keep(&self, address: &Url) {
        if let Err(error) = self.uploads.keep(&self.upload, &Secret::new(address.as_str())).await {
            tracing::warn!(%error, "an upload session was not kept; a later run begins anew");
        }
    }

    pub(super) async fn forget(&self) {
        if let Err(error) = self.uploads.forget(&self.upload).await {
            tracing::warn!(%error, "an upload session that has ended is still kept");
        }
    }
}
