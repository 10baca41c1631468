//! Tokens of a sign-in, and their metadata.

use std::fmt;

use connector_sdk::{Code, Error, Granted, Result, Retry, Secret};
use jiff::Timestamp;
use serde::Deserialize;

use crate::authority::is_guid;
use crate::sealed::Sealer;
use crate::token_response::TokenResponse;
use crate::{Checked, Identity, jwt};

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

    /// Creates the set of a token that somebody else obtained. Its claims are taken as information.
    ///
    /// # Errors
    /// `protocol` when it cannot be sent.
    pub fn of_access_token(token: &Secret, now: Timestamp) -> Result<TokenSet> {
        let mut set = TokenResponse::of(token).read(now)?;
        let told = unverified_claims(token);
        set.granted = told.as_ref().and_then(AccessTokenClaims::granted);
        set.identity = told.and_then(|told| told.identity());
        Ok(set)
    }
}

/// Claims of an access token. It is meant for Graph, and its form may change: information only.
#[derive(Deserialize)]
pub(crate) struct AccessTokenClaims {
    pub(crate) exp: Option<f64>,
    tid: Option<String>,
    oid: Option<String>,
    roles: Option<Names>,
    scp: Option<Names>,
    upn: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
    app_displayname: Option<String>,
    idtyp: Option<String>,
}

// Names, as a list or in one text. What is neither makes the token one that says nothing: it must not look as if it had
// none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    List(Vec<String>),
    Text(String),
}

impl Names {
    fn list(&self) -> Vec<String> {
        match self {
            Names::List(names) => names.clone(),
            Names::Text(names) => names.split_ascii_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// Returns whether an access token says that an app is signed in, not a user: by `idtyp`, or by roles without scopes. A
/// token that cannot be read does not say so.
pub fn is_application_token(token: &Secret) -> bool {
    unverified_claims(token).is_some_and(|told| told.is_application())
}

/// Reads the claims of a token, if it is one that can be read.
pub(crate) fn unverified_claims(token: &Secret) -> Option<AccessTokenClaims> {
    jwt::read(token.expose()).map(|token| token.claims)
}

impl AccessTokenClaims {
    /// Returns the scopes or roles.
    pub(crate) fn granted(&self) -> Option<Vec<String>> {
        match (&self.scp, &self.roles) {
            (Some(names), _) | (None, Some(names)) => Some(names.list()),
            // An app's token without roles carries none; a token of unknown kind says nothing.
            (None, None) => self.app_displayname.is_some().then(Vec::new),
        }
    }
    fn is_application(&self) -> bool {
        match self.idtyp.as_deref() {
            Some(kind) => kind == "app",
            None => self.roles.is_some() && self.scp.is_none(),
        }
    }
    /// Returns the identity that the token was issued to.
    pub(crate) fn identity(self) -> Option<Identity> {
        let (tid, oid) = (self.tid.filter(|tid| is_guid(tid))?, self.oid.filter(|oid| is_guid(oid))?);
        Some(Identity {
            tid,
            oid,
            username: self.upn.or(self.preferred_username),
            name: self.name.or(self.app_displayname),
        })
    }
}

#[cfg(test)]
mod tests;
