//! The store of upload sessions that were begun and not finished.

use async_trait::async_trait;
use connector_sdk::{Result, Secret};

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
