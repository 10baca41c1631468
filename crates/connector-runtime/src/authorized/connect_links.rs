//! Connections that a principal prepares for somebody else to sign in to.

use std::sync::Arc;

use connector_sdk::{Code, Error, Result};
use jiff::Timestamp;
use url::Url;

use super::{AuthorizedConnections, AuthorizedHost};
use crate::connection::{ConnectLink, NewConnection, PreparedConnection, Reconnection, RequestedScopes, SignInStep};
use crate::principal::{Principal, Principals, check_expiry};

/// A connection that waits for somebody to sign in, as this person sees it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OfferedConnection {
    /// Name of the connection.
    pub name: String,
    /// Title of its connector.
    pub connector: String,
    /// Permissions that the sign-in requests.
    pub permissions: RequestedScopes,
    /// Name of the principal that prepared it.
    pub by: String,
    /// Time at which the link ends by itself.
    pub expires: Timestamp,
}

impl AuthorizedConnections<'_> {
    /// Prepares a connection, and returns a link to a page where somebody signs in to it. The link can be used once, for
    /// seven days, and as long as the principal may make the connection. `back`: where the browser goes in the end.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::connect_new`], of what it finds before anything is sent; `invalid_input` for a method
    /// that needs nobody who signs in; `denied` for a principal that is not stored.
    pub async fn create_connect_link(&self, new: NewConnection, back: Option<Url>) -> Result<ConnectLink> {
        let judged = self.judge_new(new).await?;
        self.prepare(judged.new, back).await
    }

    /// Returns a link to a page where somebody signs in again to a connection that the principal reaches, with the
    /// settings that it has. The link can be used once, for seven days.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::reconnect`], of what it finds before anything is sent; `invalid_input` for a method
    /// that needs nobody who signs in; `denied` for a principal that is not stored.
    pub async fn create_reconnect_link(&self, name: &str, back: Option<Url>) -> Result<ConnectLink> {
        let judged = self.judge_reconnection(name, Reconnection::default()).await?;
        self.prepare(judged.new, back).await
    }

    async fn prepare(&self, new: NewConnection, back: Option<Url>) -> Result<ConnectLink> {
        let by = self.initiator().await?;
        if !by.stored && !by.principal.is_owner() {
            return Err(Error::new(Code::Denied, "a caller without a stored key cannot prepare connections")
                .with_reason("right"));
        }
        self.inner().create_connect_link(new, by, back).await
    }

    /// Returns what a link leads to. Whoever calls: the token of the link is what counts. Nothing is begun.
    ///
    /// # Errors
    /// `not_connected` with the reason `unknown` for what is no link, and for one that was used or has expired; `denied`
    /// when its principal may not make the connection any more; the store's.
    pub async fn offered_connection(&self, token: &str) -> Result<OfferedConnection> {
        let (prepared, principal) = self.prepared(token).await?;
        let (name, connector) = (prepared.new.name.clone(), prepared.new.connector.clone());
        let title = self.seen.host.connectors().find(|one| one.name == connector).map(|one| one.title.to_owned());
        let seen = AuthorizedHost { principal: principal.clone(), ..self.seen.clone() };
        let permissions = seen.connections().asks(&prepared.new).await?;
        let (connector, by) = (title.unwrap_or(connector), principal.name.clone());
        Ok(OfferedConnection { name, connector, permissions, by, expires: prepared.expires })
    }

    /// Begins the sign-in that a link leads to, as what its principal does. Returns where the browser goes in the end,
    /// too.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::offered_connection`] and [`AuthorizedConnections::connect_new`].
    pub async fn open_connect_link(&self, token: &str, redirect_uri: Option<Url>) -> Result<(SignInStep, Option<Url>)> {
        let (prepared, principal) = self.prepared(token).await?;
        let interface = prepared.by.interface;
        let seen = AuthorizedHost { principal, interface, ..self.seen.clone() };
        let step = seen.connections().connect_new(NewConnection { redirect_uri, ..prepared.new }).await?;
        Ok((step, prepared.back))
    }

    // What was prepared, and the principal that did, as it is now.
    async fn prepared(&self, token: &str) -> Result<(PreparedConnection, Arc<Principal>)> {
        let prepared = self.inner().prepared_connection(token).await?;
        if prepared.by.principal.is_owner() {
            return Ok((prepared, Principal::owner()));
        }
        let current = Principals(&self.seen.host.0.vault).current(&prepared.by.principal).await?;
        let principal = current.ok_or_else(|| {
            Error::new(Code::Denied, "the key that made this link was revoked").with_reason("unknown_key")
        })?;
        check_expiry(&principal, self.seen.now())?;
        Ok((prepared, principal))
    }
}
