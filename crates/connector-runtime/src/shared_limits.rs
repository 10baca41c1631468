//! Limits of Graph, kept together by all processes that share a store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_sdk::Result;
use graph_client::{SharedLimits, SlotLease};

use crate::store::{Share, Store, owner};

/// Duration of a lease: when a process is killed, others wait for its slots as long as that.
const LEASE: Duration = Duration::from_secs(2);

/// Limits that a store keeps. Each client has one of its own, because each is a holder.
pub(crate) struct StoreLimits {
    store: Arc<dyn Store>,
    holder: String,
}

impl StoreLimits {
    /// Creates the limits of a client; `None` where no other process can open the store, so that the client's own count
    /// is enough.
    ///
    /// # Errors
    /// `unavailable` when the system has no random bytes.
    pub(crate) fn of_client(store: &Arc<dyn Store>) -> Result<Option<Arc<dyn SharedLimits>>> {
        if store.is_local() {
            return Ok(None);
        }
        Ok(Some(Arc::new(StoreLimits { store: store.clone(), holder: owner()? })))
    }
}

#[async_trait]
impl SharedLimits for StoreLimits {
    async fn lease(&self, scope: &str, want: u32, limit: u32) -> Result<SlotLease> {
        let Share { granted, contended, paused } =
            self.store.lease(&key(scope), &self.holder, want, limit, LEASE).await?;
        Ok(SlotLease { slots: granted, contended, paused, time: LEASE })
    }

    async fn release(&self, scope: &str) -> Result<()> {
        self.store.end_lease(&key(scope), &self.holder).await
    }

    async fn pause(&self, scope: &str, time: Duration) -> Result<()> {
        self.store.pause(&key(scope), time).await
    }
}

fn key(scope: &str) -> String {
    format!("requests/main/{scope}")
}
