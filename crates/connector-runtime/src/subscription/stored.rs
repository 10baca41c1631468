//! Stored subscriptions, and the tokens of their addresses.

use connector_sdk::subscription::NotificationResource;
use connector_sdk::{Code, Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{SubscriptionState, key};
use crate::digest::sha256;
use crate::kinds::{INGRESS, SUBSCRIPTION};
use crate::principal::ConnectionRef;
use crate::random;
use crate::seal::SealedDocuments;
use crate::store::Revision;
use crate::watch::WatchId;

/// The subscription of a watch. It is stored before Graph is asked for it, so that its token is known when Graph's
/// handshake comes, and whatever breaks off leaves something to go on from.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscriptionRecord {
    pub(super) connection: ConnectionRef,
    pub(super) resource: NotificationResource,
    /// Address of the host, below which its own are.
    pub(super) base: Url,
    /// Last part of the path of its addresses: 256 random bits.
    pub(super) token: String,
    /// What Graph's notifications carry: 256 random bits.
    pub(super) client_state: String,
    /// Graph's id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ends: Option<Timestamp>,
    /// When it is renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) renewal: Option<Timestamp>,
    /// Why it could not be made or renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Value>,
    /// What Graph has said of it, and is not done yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) told: Option<Lifecycle>,
}

/// What Graph says of a subscription; see [lifecycle notifications][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/change-notifications-lifecycle-events
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Lifecycle {
    /// Notifications were lost. A poll makes up for them.
    Missed,
    /// It must be confirmed that they may still be sent.
    ReauthorizationRequired,
    /// It has ended.
    SubscriptionRemoved,
}

impl Lifecycle {
    pub(super) fn read(name: &str) -> Option<Lifecycle> {
        [Lifecycle::Missed, Lifecycle::ReauthorizationRequired, Lifecycle::SubscriptionRemoved]
            .into_iter()
            .find(|known| known.name().eq_ignore_ascii_case(name))
    }

    fn name(self) -> &'static str {
        match self {
            Lifecycle::Missed => "missed",
            Lifecycle::ReauthorizationRequired => "reauthorizationRequired",
            Lifecycle::SubscriptionRemoved => "subscriptionRemoved",
        }
    }
}

/// Whose address a token is part of.
#[derive(Debug, Serialize, Deserialize)]
struct TokenRecord {
    watch: WatchId,
}

impl SubscriptionRecord {
    /// Creates a subscription that Graph is to be asked for.
    ///
    /// # Errors
    /// `unavailable` when the system has no random bytes.
    pub(super) fn new(connection: &ConnectionRef, resource: NotificationResource, base: &Url) -> Result<Self> {
        Ok(SubscriptionRecord {
            connection: connection.clone(),
            resource,
            base: base.clone(),
            token: random::name::<32>()?,
            client_state: random::name::<32>()?,
            id: None,
            ends: None,
            renewal: None,
            error: None,
            told: None,
        })
    }

    pub(crate) fn state(&self, now: Timestamp) -> SubscriptionState {
        match (&self.error, self.ends) {
            (Some(error), _) => SubscriptionState::Failed { error: error.clone() },
            (None, Some(ends)) if self.id.is_some() && ends > now => SubscriptionState::Active { ends },
            _ => SubscriptionState::Creating,
        }
    }

    /// Returns whether Graph notifies now, as far as is known.
    pub(crate) fn is_active(&self, now: Timestamp) -> bool {
        matches!(self.state(now), SubscriptionState::Active { .. })
    }

    /// Returns the subscription of a watch.
    ///
    /// # Errors
    /// The store's. What cannot be read is none: another one is made.
    pub(crate) async fn load(vault: &SealedDocuments, watch: &WatchId) -> Result<Option<(Revision, Self)>> {
        let Some((revision, plain)) = vault.get(SUBSCRIPTION, &key(watch)).await? else { return Ok(None) };
        Ok(serde_json::from_slice(&plain).ok().map(|record| (revision, record)))
    }

    /// Stores it in place of what was read, with the token of its addresses first.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile; the store's.
    pub(super) async fn add(
        &self,
        vault: &SealedDocuments,
        watch: &WatchId,
        expected: Option<Revision>,
    ) -> Result<Revision> {
        let token = serde_json::to_vec(&TokenRecord { watch: watch.clone() }).map_err(unwritten)?;
        vault.put(INGRESS, &token_key(&self.token), None, &token).await?;
        self.store(vault, watch, expected).await
    }

    /// Stores it in place of what was read.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile; the store's.
    pub(super) async fn store(
        &self,
        vault: &SealedDocuments,
        watch: &WatchId,
        expected: Option<Revision>,
    ) -> Result<Revision> {
        vault.put(SUBSCRIPTION, &key(watch), expected, &serde_json::to_vec(self).map_err(unwritten)?).await
    }

    /// Removes it with the token of its addresses.
    ///
    /// # Errors
    /// `conflict` when it was changed meanwhile; the store's.
    pub(super) async fn remove(&self, vault: &SealedDocuments, watch: &WatchId, revision: Revision) -> Result<()> {
        let token = token_key(&self.token);
        if let Some(revision) = vault.revision(INGRESS, &token).await? {
            vault.remove(INGRESS, &token, revision).await.or_else(|error| match error.code() {
                Code::Conflict => Ok(()),
                _ => Err(error),
            })?;
        }
        vault.remove(SUBSCRIPTION, &key(watch), revision).await
    }
}

/// Returns the watch whose subscription has this token in its addresses.
///
/// # Errors
/// The store's.
pub(super) async fn watch_of(vault: &SealedDocuments, token: &str) -> Result<Option<WatchId>> {
    let Some((_, plain)) = vault.get(INGRESS, &token_key(token)).await? else { return Ok(None) };
    Ok(serde_json::from_slice(&plain).ok().map(|record: TokenRecord| record.watch))
}

// The token itself stands in no key.
fn token_key(token: &str) -> String {
    format!("main/{}", sha256(token))
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::bug(error.to_string())
}
