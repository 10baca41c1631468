//! Claims of access tokens.

use connector_sdk::Secret;
use serde::Deserialize;

use crate::authority::is_guid;
use crate::{Identity, jwt};

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
