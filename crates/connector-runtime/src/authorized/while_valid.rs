//! Keys that end while a list is read with them.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use connector_sdk::{Json, Result};
use graph_client::ItemSink;

use super::AuthorizedHost;
use crate::principal::{Principals, check_expiry, unknown_key};

/// Time between two looks at the stored key.
const PAUSE: Duration = Duration::from_secs(1);

/// A sink that ends a read when its key ends: a list may be read for hours, and a key is revoked because somebody else
/// has it.
pub(super) struct WhileValid<'a> {
    seen: &'a AuthorizedHost,
    /// Whether the principal is stored. Others end with whoever made them.
    is_stored: bool,
    looked: Instant,
    to: &'a mut dyn ItemSink,
}

impl<'a> WhileValid<'a> {
    /// Creates a sink before another one.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn before(to: &'a mut dyn ItemSink, seen: &'a AuthorizedHost) -> Result<WhileValid<'a>> {
        let is_stored = Principals(&seen.host.0.vault).current(&seen.principal.id).await?.is_some();
        Ok(WhileValid { seen, is_stored, looked: Instant::now(), to })
    }

    async fn check(&mut self) -> Result<()> {
        self.seen.check_expiry()?;
        if !self.is_stored || self.looked.elapsed() < PAUSE {
            return Ok(());
        }
        self.looked = Instant::now();
        match Principals(&self.seen.host.0.vault).current(&self.seen.principal.id).await? {
            Some(principal) => check_expiry(&principal, self.seen.now()),
            None => Err(unknown_key()),
        }
    }
}

#[async_trait]
impl ItemSink for WhileValid<'_> {
    async fn emit(&mut self, items: Vec<Json>) -> Result<()> {
        self.check().await?;
        self.to.emit(items).await
    }
}
