//! What Graph sends to the addresses of the host: handshakes and notifications.

use connector_sdk::Result;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::stored::{Lifecycle, watch_of};
use super::{SubscriptionRecord, task};
use crate::host::Host;

/// Maximum size of a body of notifications, in bytes.
pub const MAX_NOTIFICATION: usize = 1 << 20;
/// Length of a token, in hexadecimal digits.
const TOKEN: usize = 64;

/// What became of what Graph sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Received {
    /// It is known, and is acted on.
    Taken,
    /// There is no such address.
    Unknown,
}

/// A body of notifications. Whatever else stands in it, is for nobody here.
#[derive(Deserialize)]
struct Notifications {
    #[serde(default)]
    value: Vec<Value>,
}

impl Host {
    /// Returns whether Graph may be told that an address is ours: one whose subscription is being made. Everybody else
    /// who asks learns nothing.
    ///
    /// # Errors
    /// The store's.
    pub async fn confirms_endpoint(&self, token: &str) -> Result<bool> {
        let Some(found) = self.subscription_at(token).await? else { return Ok(false) };
        Ok(found.1.id.is_none())
    }

    /// Takes notifications that were sent to an address: what they are about is polled at once. Forged ones, which lack
    /// the subscription's secret, are counted in the log and change nothing.
    ///
    /// # Errors
    /// The store's; Graph sends them again.
    pub async fn receive_notifications(&self, token: &str, body: &[u8]) -> Result<Received> {
        let Some((watch, record, revision)) = self.subscription_at(token).await? else {
            return Ok(Received::Unknown);
        };
        let sent = serde_json::from_slice(body).unwrap_or(Notifications { value: Vec::new() });
        let own: Vec<&Value> = sent.value.iter().filter(|one| record.sent(one)).collect();
        let forged = sent.value.len() - own.len();
        if forged > 0 {
            tracing::warn!(forged, "notifications that are not of our subscription were ignored");
        }
        if own.is_empty() {
            return Ok(Received::Taken);
        }
        let told = own.iter().filter_map(|one| Lifecycle::read(one["lifecycleEvent"].as_str()?)).max();
        if let Some(told) = told.filter(|told| *told != Lifecycle::Missed) {
            let told = Some(record.told.map_or(told, |before| before.max(told)));
            // Who is faster has renewed it or made it anew; Graph says again what still holds.
            let changed = SubscriptionRecord { told, ..record };
            match changed.store(&self.0.vault, &watch, Some(revision)).await {
                Err(error) if error.code() != connector_sdk::Code::Conflict => return Err(error),
                _ => drop(self.0.store.wake(&task(&watch)).await?),
            }
        }
        self.0.store.wake(&watch.task()).await?;
        self.0.workers.wake();
        Ok(Received::Taken)
    }

    async fn subscription_at(
        &self,
        token: &str,
    ) -> Result<Option<(crate::watch::WatchId, SubscriptionRecord, crate::store::Revision)>> {
        if token.len() != TOKEN || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let Some(watch) = watch_of(&self.0.vault, token).await? else { return Ok(None) };
        let found = SubscriptionRecord::load(&self.0.vault, &watch).await?;
        // A subscription that was made anew has another address.
        Ok(found.filter(|(_, record)| record.token == token).map(|(revision, record)| (watch, record, revision)))
    }
}

impl SubscriptionRecord {
    /// Returns whether a notification is of this subscription. The first ones may come before its id is known.
    fn sent(&self, notification: &Value) -> bool {
        let state = notification["clientState"].as_str().unwrap_or_default();
        let is_ours: bool = state.as_bytes().ct_eq(self.client_state.as_bytes()).into();
        let names = notification["subscriptionId"].as_str();
        let is_other = names.zip(self.id.as_deref()).is_some_and(|(named, own)| !named.eq_ignore_ascii_case(own));
        is_ours && !is_other
    }
}
