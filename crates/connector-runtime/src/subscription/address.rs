//! The address at which Graph reaches the processes that share a store.

use connector_sdk::{Code, Error, Result};
use url::Url;

use crate::host::Host;
use crate::kinds::SETTING;

/// Key of the document with the address.
const KEY: &str = "main/ingress";

impl Host {
    /// Tells all processes that share the store that notifications come in at this host's address. Whoever serves
    /// [`receive_notifications`](Host::receive_notifications) calls it first.
    ///
    /// # Errors
    /// The store's; `invalid_input` where the host has no address.
    pub async fn announce_notification_url(&self) -> Result<()> {
        let Some(own) = self.0.notifications.as_deref() else { return Err(none("")) };
        loop {
            let before = self.0.vault.get(SETTING, KEY).await?;
            if before.as_ref().is_some_and(|(_, plain)| **plain == *own.as_str().as_bytes()) {
                return Ok(());
            }
            let expected = before.map(|(revision, _)| revision);
            match self.0.vault.put(SETTING, KEY, expected, own.as_str().as_bytes()).await {
                // Another process has announced one; the last word counts.
                Err(error) if error.code() == Code::Conflict => {}
                put => return put.map(drop),
            }
        }
    }

    /// Returns the address at which Graph reaches this host, or the other processes that share its store.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn notification_address(&self) -> Result<Option<Url>> {
        if let Some(own) = &self.0.notifications {
            return Ok(Some(Url::clone(own)));
        }
        let found = self.0.vault.get(SETTING, KEY).await?;
        Ok(found.and_then(|(_, plain)| Url::parse(std::str::from_utf8(&plain).ok()?).ok()))
    }
}

/// Checks that the host has an address for notifications.
///
/// # Errors
/// `invalid_input` at `/mode` where it has none; the store's.
pub(crate) async fn check_address(host: &Host) -> Result<()> {
    host.notification_address().await?.map(drop).ok_or_else(|| none("/mode"))
}

fn none(pointer: &str) -> Error {
    Error::invalid(
        pointer,
        "needs an address at which Graph reaches this host: start the service with one, or leave the mode out, because polling needs none",
    )
}
