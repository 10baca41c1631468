//! Responses of a token endpoint.

use std::time::Duration;

use connector_sdk::{Error, Result, Secret};
use jiff::{SignedDuration, Timestamp};
use oauth2::helpers::deserialize_space_delimited_vec;
use oauth2::{AccessToken, RefreshToken, Scope};
use serde::{Deserialize, Deserializer, Serialize};

use crate::access_token_claims::{AccessTokenClaims, unverified_claims};
use crate::token_set::TokenSet;

/// Lifetime of a token whose response names none: one hour (RFC 6749 5.1 leaves it to the documentation; Entra's live
/// 60 to 90 minutes).
const USUAL: Duration = Duration::from_secs(3600);

/// Maximum lifetime of a token, in seconds: 366 days. Longer ones are cut.
const LONGEST: f64 = 366.0 * 86_400.0;

/// A response of a token endpoint (RFC 6749 5.1), also of a managed identity's. Numbers may be texts, which the
/// standard response type of `oauth2` does not read.
///
/// Its tokens are read and never written: `oauth2` asks for `Serialize`, and nothing uses it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct TokenResponse {
    #[serde(default = "no_token", skip_serializing)]
    access_token: AccessToken,
    #[serde(default)]
    token_type: TokenType,
    #[serde(default, deserialize_with = "number")]
    expires_in: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    expires_on: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    refresh_in: Option<f64>,
    #[serde(default, skip_serializing)]
    refresh_token: Option<RefreshToken>,
    #[serde(default, skip_serializing)]
    pub(crate) id_token: Option<Secret>,
    #[serde(default, deserialize_with = "deserialize_space_delimited_vec")]
    scope: Option<Vec<Scope>>,
}

/// Type of a token, as the service spells it; `None` when it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct TokenType(Option<String>);

impl oauth2::TokenType for TokenType {}

impl oauth2::TokenResponse for TokenResponse {
    type TokenType = TokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }
    fn token_type(&self) -> &TokenType {
        &self.token_type
    }
    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(lifetime)
    }
    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref().filter(|token| !token.secret().is_empty())
    }
    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scope.as_ref()
    }
}

impl TokenResponse {
    /// Creates a response that is nothing but a token.
    pub(crate) fn of(token: &Secret) -> TokenResponse {
        TokenResponse {
            access_token: AccessToken::new(token.expose().to_owned()),
            token_type: TokenType::default(),
            expires_in: None,
            expires_on: None,
            refresh_in: None,
            refresh_token: None,
            id_token: None,
            scope: None,
        }
    }

    /// Returns the tokens. The identity is not known yet.
    ///
    /// # Errors
    /// `protocol` when there is no bearer token in it, or one that no header can carry.
    pub(crate) fn read(&self, now: Timestamp) -> Result<TokenSet> {
        use oauth2::TokenResponse as _;
        let access = Secret::new(self.access_token().secret());
        if access.is_empty() {
            return Err(Error::protocol("the sign-in service's answer has no access token"));
        }
        if !access.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::protocol("the sign-in service issued a token that cannot be sent"));
        }
        if self.token_type().0.as_ref().is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(Error::protocol("the sign-in service issued a token that is not a bearer token"));
        }
        let from_now =
            |life: Duration| now.saturating_add(SignedDuration::try_from(life).unwrap_or_default()).unwrap_or(now);
        let until = |epoch: f64| lifetime(epoch - now.as_second() as f64);
        let life = self.expires_in().or_else(|| self.expires_on.or_else(|| unverified_claims(&access)?.exp).map(until));
        let expires_at = from_now(life.unwrap_or(USUAL));
        let names = |scopes: &Vec<Scope>| {
            scopes.iter().flat_map(|scope| scope.split_ascii_whitespace()).map(str::to_owned).collect()
        };
        Ok(TokenSet {
            access,
            refresh: self.refresh_token().map(|token| Secret::new(token.secret())),
            issued_at: Some(now),
            expires_at,
            // A wish beyond the expiry is not a wish.
            refresh_at: self.refresh_in.map(|seconds| from_now(lifetime(seconds))).filter(|at| *at < expires_at),
            granted: self.scopes().map(names),
            identity: None,
        })
    }

    /// Returns the tokens of an app: its roles and its tenant are only in the token itself.
    ///
    /// # Errors
    /// As for [`TokenResponse::read`].
    pub(crate) fn read_for_app(&self, now: Timestamp) -> Result<TokenSet> {
        let mut set = self.read(now)?;
        let told = unverified_claims(&set.access);
        // The answer's own `scope`, if any, repeats `.default`, which says nothing.
        set.granted = told.as_ref().and_then(AccessTokenClaims::granted);
        set.identity = told.and_then(AccessTokenClaims::identity);
        // RFC 6749 4.4.3: there should be none, and nobody would use it.
        set.refresh = None;
        Ok(set)
    }
}

impl TokenSet {
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

fn no_token() -> AccessToken {
    AccessToken::new(String::new())
}

// Whole seconds, none of them negative.
fn lifetime(seconds: f64) -> Duration {
    Duration::from_secs(seconds.clamp(0.0, LONGEST) as u64)
}

/// Deserializes a number, or a text that is one: `expires_in` comes in both forms. Anything else counts as absent.
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
mod tests;
