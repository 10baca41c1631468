//! What a sign-in gives: tokens, and what is known of them.

use std::fmt;

use connector_sdk::{Error, Granted, Result, Secret};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};

use crate::authority::is_guid;
use crate::sealed::Sealer;
use crate::{Checked, Identity, jwt};

/// How long a token is taken to live when nothing says so (RFC 6749 5.1 leaves it to the documentation;
/// Entra's live 60 to 90 minutes).
const USUAL: SignedDuration = SignedDuration::from_mins(60);

/// No lifetime beyond this is believed.
const LONGEST: f64 = 366.0 * 86_400.0;

/// The tokens of a connection.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSet {
    /// The access token.
    pub access: Secret,
    /// The refresh token, if there is one.
    #[serde(default)]
    pub refresh: Option<Secret>,
    /// When the access token expires.
    pub expires_at: Timestamp,
    /// From when on the service would like it to be refreshed.
    #[serde(default)]
    pub refresh_at: Option<Timestamp>,
    /// The scopes (user) or roles (app) that the access token carries, as the service spells them. `None`:
    /// it does not say, and Graph decides.
    #[serde(default)]
    pub granted: Option<Vec<String>>,
    /// Who signed in.
    #[serde(default)]
    pub identity: Option<Identity>,
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet").field("expires_at", &self.expires_at).field("granted", &self.granted).finish_non_exhaustive()
    }
}

impl TokenSet {
    /// The set as JSON **with its tokens**, for the vault and for nothing else.
    pub fn to_sealed_json(&self) -> Secret {
        let TokenSet { access, refresh, expires_at, refresh_at, granted, identity } = self;
        Sealer::with_secrets()
            .secret("access", &Some(access.clone()))
            .secret("refresh", refresh)
            .put("expiresAt", expires_at)
            .put("refreshAt", refresh_at)
            .put("granted", granted)
            .put("identity", identity)
            .into_secret()
    }

    /// What [`to_sealed_json`](TokenSet::to_sealed_json) wrote.
    ///
    /// # Errors
    /// `bug` when it is something else; the content is not quoted.
    pub fn from_sealed_json(sealed: &Secret) -> Result<TokenSet> {
        serde_json::from_str(sealed.expose()).map_err(|_| Error::bug("the stored tokens cannot be read").hint("Reconnect the connection."))
    }

    /// The scopes or roles, to be asked.
    pub fn granted(&self) -> Option<Granted> {
        self.granted.as_ref().map(Granted::new)
    }

    /// Fills in what the answer to a sign-in left out: without `scope`, what was asked for was granted
    /// (RFC 6749 5.1).
    pub(crate) fn settle(&mut self, connection: &Checked) {
        self.granted.get_or_insert_with(|| connection.scopes.clone());
    }

    /// The set of a token that somebody else obtained. What it says of itself is taken as information.
    ///
    /// # Errors
    /// `protocol` when it cannot be sent.
    pub fn of_access_token(token: &Secret, now: Timestamp) -> Result<TokenSet> {
        let answer = Answer { access_token: Some(token.clone()), ..Answer::default() };
        let mut set = answer.read(now)?;
        let told = told(token);
        set.granted = told.as_ref().and_then(Told::granted);
        set.identity = told.and_then(|told| told.identity());
        Ok(set)
    }
}

/// A token endpoint's answer (RFC 6749 5.1), also a managed identity's. Numbers may be texts.
#[derive(Default, Deserialize)]
pub(crate) struct Answer {
    access_token: Option<Secret>,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "number")]
    expires_in: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    expires_on: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    refresh_in: Option<f64>,
    refresh_token: Option<Secret>,
    pub(crate) id_token: Option<Secret>,
    scope: Option<String>,
}

impl Answer {
    /// The tokens. Who signed in is not known yet.
    ///
    /// # Errors
    /// `protocol` when there is no bearer token in it, or one that no header can carry.
    pub(crate) fn read(&self, now: Timestamp) -> Result<TokenSet> {
        let access = self.access_token.clone().filter(|token| !token.is_empty());
        let access = access.ok_or_else(|| Error::protocol("the sign-in service's answer has no access token"))?;
        if !access.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::protocol("the sign-in service issued a token that cannot be sent"));
        }
        if self.token_type.as_ref().is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(Error::protocol("the sign-in service issued a token that is not a bearer token"));
        }
        let from_now = |seconds: f64| now.saturating_add(SignedDuration::from_secs(seconds.clamp(0.0, LONGEST) as i64)).unwrap_or(now);
        let on = |seconds: f64| from_now(seconds - now.as_second() as f64);
        let expires_at = match (self.expires_in, self.expires_on, told(&access).and_then(|told| told.exp)) {
            (Some(seconds), _, _) => from_now(seconds),
            (None, Some(epoch), _) | (None, None, Some(epoch)) => on(epoch),
            (None, None, None) => from_now(USUAL.as_secs_f64()),
        };
        Ok(TokenSet {
            access,
            refresh: self.refresh_token.clone().filter(|token| !token.is_empty()),
            expires_at,
            // A wish beyond the expiry is not a wish.
            refresh_at: self.refresh_in.map(from_now).filter(|at| *at < expires_at),
            granted: self.scope.as_ref().map(|scope| scope.split_ascii_whitespace().map(str::to_owned).collect()),
            identity: None,
        })
    }

    /// The tokens of an app: its roles and its tenant are only in the token itself.
    pub(crate) fn read_for_app(&self, now: Timestamp) -> Result<TokenSet> {
        let mut set = self.read(now)?;
        let told = told(&set.access);
        // The answer's own `scope`, if any, repeats `.default`, which says nothing.
        set.granted = told.as_ref().and_then(Told::granted);
        set.identity = told.and_then(|told| told.identity());
        Ok(set)
    }
}

/// What an access token says of itself. It is meant for Graph, and its form may change: information only.
#[derive(Deserialize)]
struct Told {
    exp: Option<f64>,
    tid: Option<String>,
    oid: Option<String>,
    roles: Option<Vec<String>>,
    scp: Option<String>,
    upn: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
    app_displayname: Option<String>,
}

fn told(token: &Secret) -> Option<Told> {
    jwt::read(token.expose()).map(|token| token.claims)
}

impl Told {
    fn granted(&self) -> Option<Vec<String>> {
        match (&self.scp, &self.roles) {
            (Some(scopes), _) => Some(scopes.split_ascii_whitespace().map(str::to_owned).collect()),
            (None, Some(roles)) => Some(roles.clone()),
            // An app's token without roles carries none; a token of unknown kind says nothing.
            (None, None) => self.app_displayname.is_some().then(Vec::new),
        }
    }
    fn identity(self) -> Option<Identity> {
        let (tid, oid) = (self.tid.filter(|tid| is_guid(tid))?, self.oid.filter(|oid| is_guid(oid))?);
        Some(Identity { tid, oid, username: self.upn.or(self.preferred_username), name: self.name.or(self.app_displayname) })
    }
}

// A number, or a text that is one: `expires_in` comes in both forms. Anything else is as if absent.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(f64),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Form::deserialize(deserializer)? {
        Form::Number(number) => Some(number),
        Form::Text(text) => text.trim().parse().ok(),
        Form::Other(_) => None,
    }
    .filter(|number: &f64| number.is_finite()))
}

#[cfg(test)]
#[path = "token_set_tests.rs"]
mod tests;
