//! A sign-in with the browser.

use connector_sdk::{Error, Result};
use graph_auth::GrantContext as Exchange;
use graph_auth::authorization_code::{self, Callback, Pending, StartedSignIn};
use jiff::Timestamp;
use url::Url;

use super::pending::PendingSignIn;
use super::suspended;
use crate::connection::bounded::Bounded;
use crate::connection::{ConnectionInfo, Connections};

/// A sign-in that waits for the browser's callback.
pub struct BrowserSignIn {
    /// Address that the browser must open.
    pub url: Url,
    pending: Option<Pending>,
    begun: PendingSignIn,
}

impl BrowserSignIn {
    pub(super) fn new(way: StartedSignIn, begun: PendingSignIn) -> BrowserSignIn {
        BrowserSignIn { url: way.url, pending: Some(way.pending), begun }
    }

    /// Returns the id of the sign-in, under which [`Connections::sign_in_status`](super::Connections::sign_in_status)
    /// finds one that was suspended.
    pub fn id(&self) -> &str {
        &self.begun.id
    }

    /// Returns the redirect URI, where the browser returns: that of the settings or their app registration, otherwise
    /// that of the parameters.
    pub fn redirect_uri(&self) -> &str {
        self.pending.as_ref().map_or("", Pending::redirect_uri)
    }

    /// Returns whether a callback belongs to this sign-in. A listener ignores those that do not.
    ///
    /// # Errors
    /// `invalid_input` when the query is no response to a sign-in.
    pub fn is_answered_by(&self, query: &str) -> Result<bool> {
        let callback = Callback::parse(query)?;
        Ok(self.pending.as_ref().is_some_and(|pending| pending.is_answered_by(&callback)))
    }

    /// Stores the sign-in, sealed, so that any process that shares the store can finish it within ten minutes, with
    /// [`Connections::resume`](super::Connections::resume). Returns the address that the browser must open.
    ///
    /// `browser` is a random value that only this browser has, such as that of a cookie which is set with the redirect;
    /// only its hash is stored. `back` is where the browser is to go in the end.
    ///
    /// # Errors
    /// The store's.
    pub async fn suspend(self, browser: &[u8; 32], back: Option<Url>) -> Result<Url> {
        let url = self.url.clone();
        self.suspend_until(browser, back).await.map(|_| url)
    }

    /// Suspends the sign-in, and returns when it ends by itself.
    pub(super) async fn suspend_until(mut self, browser: &[u8; 32], back: Option<Url>) -> Result<Timestamp> {
        let pending = self.pending.take().ok_or_else(ended)?;
        suspended::store_browser(&self.begun, &pending, browser, back).await
    }

    /// Returns the key of the document of the sign-in when it is suspended.
    pub(super) fn key(&self) -> Result<String> {
        Ok(suspended::key_of_state(self.pending.as_ref().ok_or_else(ended)?.state()))
    }

    pub(super) fn connections(&self) -> &Connections {
        &self.begun.connections
    }

    /// Finishes the sign-in with the query of the callback, and stores the connection.
    ///
    /// # Errors
    /// `not_connected` when the callback is not this sign-in's or came too late; whatever the sign-in
    /// service refuses with. The sign-in is over either way.
    pub async fn finish(mut self, query: &str) -> Result<ConnectionInfo> {
        let callback = Callback::parse(query)?;
        let pending = self.pending.take().ok_or_else(|| Error::bug("a sign-in was finished twice"))?;
        let log = self.begun.log();
        log.change(redeem(self.begun, pending, callback)).await
    }
}

fn ended() -> Error {
    Error::bug("a sign-in was suspended after its end")
}

/// Redeems the code of a callback, and stores the connection.
pub(super) async fn redeem(begun: PendingSignIn, pending: Pending, callback: Callback) -> Result<ConnectionInfo> {
    begun.check_initiator().await?;
    let transport = Bounded(begun.connections.transport()?);
    let exchange = Exchange::at(Timestamp::now());
    let tokens = authorization_code::finish(&transport, &begun.checked, pending, callback, exchange).await?;
    begun.finish(tokens).await
}
