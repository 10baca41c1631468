//! New tokens for a signed-in user (RFC 6749 6).
//!
//! Entra does not revoke the old refresh token when it is used, but it expires; other providers rotate, and
//! then reusing the old one ends the grant. So the newest is the only one to keep, and it must be stored
//! before its access token is used. See [refresh tokens][1].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens

use connector_sdk::{Code, Error, Result, Transport};
use oauth2::{RefreshToken, RefreshTokenRequest};

use crate::claims::{self, Capability};
use crate::client::{Extra, client_at, scopes};
use crate::id_token::{self, Expected};
use crate::wire::Wire;
use crate::{Checked, Failure, Given, TokenSet};

/// Refreshes `tokens`, at the tenant in which its user is at home.
///
/// What the answer does not bring stays: the refresh token, the identity, the granted scopes.
///
/// # Errors
/// `not_connected` when there is no refresh token, or the user must sign in again; `conflict` when the answer
/// is of another user; whatever the service refuses with; `unavailable` when it does not answer.
pub async fn refresh(transport: &dyn Transport, connection: &Checked, tokens: &TokenSet, given: Given<'_>) -> Result<TokenSet, Failure> {
    let old = tokens.refresh.as_ref().ok_or_else(|| {
        Error::new(Code::NotConnected, "the connection cannot be renewed: it has no refresh token")
            .hint("Reconnect; the scope `offline_access` must be allowed for the app.")
    })?;
    let home = tokens.identity.as_ref().map(|identity| identity.tid.as_str());
    let url = connection.authority.refresh_url(home);
    let mut extra = Extra::proof(connection, &url, &given)?;
    let client = client_at(connection, &url)?;
    let old = RefreshToken::new(old.expose().to_owned());
    let mut request = client.exchange_refresh_token(&old);
    if connection.authority.is_entra() {
        extra = extra.and("claims", claims::merge(Some(Capability), connection.claims.as_deref(), given.claims)?);
        request = request.add_scopes(scopes(&connection.scope));
    }
    let wire = Wire::new(transport, connection);
    let answer = extra.add_to(request, RefreshTokenRequest::add_extra_param).request_async(&wire).await;
    let answer = wire.read(answer)?;
    let mut fresh = answer.read(given.now)?;
    fresh.refresh = fresh.refresh.or_else(|| tokens.refresh.clone());
    fresh.granted = fresh.granted.or_else(|| tokens.granted.clone());
    fresh.identity.clone_from(&tokens.identity);
    if answer.id_token.is_some() {
        let client_id = connection.client_id.as_deref().unwrap_or_default();
        let expected = Expected { authority: &connection.authority, client_id, nonce: None, issuer: None, now: given.now };
        let identity = id_token::identity(&answer, &expected)?;
        if let (Some(now), Some(before)) = (&identity, &tokens.identity) {
            now.must_be(before)?;
        }
        fresh.identity = identity;
    }
    Ok(fresh)
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
