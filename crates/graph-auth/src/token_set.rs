//! Tokens of a sign-in, and their metadata.

use std::fmt;

use connector_sdk::{Code, Error, Granted, Result, Retry, Secret};
use jiff::Timestamp;
use serde::Deserialize;

use crate::sealed::Sealer;
use crate::{Checked, Identity};

/// The tokens of a connection.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSet {
    /// Access token.
    pub access: Secret,
    /// Refresh token, if there is one.
    #[serde(default)]
    pub refresh: Option<Secret>,
    /// Time of issue, on this machine's clock; absent in sets of older versions.
    #[serde(default)]
    pub issued_at: Option<Timestamp>,
    /// Time at which the access token expires.
    pub expires_at: Timestamp,
    /// Time from which the service recommends a refresh.
    #[serde(default)]
    pub refresh_at: Option<Timestamp>,
    /// Scopes (user) or roles (app) that the access token carries, as the service spells them. `None`: it does not say,
    /// and Graph decides.
    #[serde(default)]
    pub granted: Option<Vec<String>>,
    /// Identity of the signed-in user or app.
    #[serde(default)]
    pub identity: Option<Identity>,
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("expires_at", &self.expires_at)
            .field("granted", &self.granted)
            .finish_non_exhaustive()
    }
}

impl TokenSet {
    /// Serializes the set **with its tokens**, for the vault and for nothing else.
    pub fn to_sealed_json(&self) -> Secret {
        let TokenSet { access, refresh, issued_at, expires_at, refresh_at, granted, identity } = self;
        Sealer::with_secrets()
            .secret("access", &Some(access.clone()))
            .secret("refresh", refresh)
            .put("issuedAt", issued_at)
            .put("expiresAt", expires_at)
            .put("refreshAt", refresh_at)
            .put("granted", granted)
            .put("identity", identity)
            .into_secret()
    }

    /// Deserializes what [`to_sealed_json`](TokenSet::to_sealed_json) wrote.
    ///
    /// # Errors
    /// `unavailable`, not to be tried again, when it is something else; the content is not quoted.
    pub fn from_sealed_json(sealed: &Secret) -> Result<TokenSet> {
        serde_json::from_str(sealed.expose()).map_err(|_| {
            Error::new(Code::Unavailable, "the stored tokens cannot be read")
                .retry(Retry::Never)
                .with_hint("Reconnect the connection.")
        })
    }

    /// Returns the scopes or roles as a set that can be queried.
    pub fn granted(&self) -> Option<Granted> {
        self.granted.as_ref().map(Granted::new)
    }

    /// Fills in the scopes that the response to a sign-in left out: without `scope`, all that were requested were
    /// granted (RFC 6749 5.1).
    pub(crate) fn fill_defaults(&mut self, connection: &Checked) {
        self.granted.get_or_insert_with(|| connection.scopes.clone());
    }
}
