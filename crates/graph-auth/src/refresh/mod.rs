//! Refresh of the tokens of a signed-in user (RFC 6749 6).
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
use crate::id_token::{self, ExpectedClaims};
use crate::oauth_http::OauthHttp;
use crate::token_response::TokenResponse;
use crate::{Checked, Failure, GrantContext, Identity, TokenSet};

/// Result of a refresh.
#[derive(Debug)]
pub struct Refreshed {
    /// New tokens, to be stored in any case: the old refresh token may be used up. They belong to the user that the old
    /// ones belonged to.
    pub tokens: TokenSet,
    /// Reason why the new access token must not be used: the response is of another user (`conflict`), or does not
    /// prove whose it is (`protocol`).
    pub unfit: Option<Error>,
}

/// Refreshes `tokens` at the tenant that their user belongs to.
///
/// What the answer does not bring stays: the refresh token, the identity, the granted scopes.
///
/// # Errors
/// `not_connected` when there is no refresh token, or the user must sign in again; whatever the service refuses
/// with; `unavailable` when it does not answer. What is wrong with an answer that brings tokens is no error.
pub async fn refresh(
    transport: &dyn Transport,
    connection: &Checked,
    tokens: &TokenSet,
    given: GrantContext<'_>,
) -> Result<Refreshed, Failure> {
    let old = tokens.refresh.as_ref().ok_or_else(|| {
        Error::new(Code::NotConnected, "the connection cannot be renewed: it has no refresh token")
            .with_hint("Reconnect; the scope `offline_access` must be allowed for the app.")
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
    let wire = OauthHttp::new(transport, connection);
    let answer = extra.add_to(request, RefreshTokenRequest::add_extra_param).request_async(&wire).await;
    let answer = wire.read(answer)?;
    let mut fresh = answer.read(given.now)?;
    fresh.refresh = fresh.refresh.or_else(|| tokens.refresh.clone());
    fresh.granted = fresh.granted.or_else(|| tokens.granted.clone());
    fresh.identity.clone_from(&tokens.identity);
    let unfit = match whose(&answer, connection) {
        Ok(Some(now)) => match &tokens.identity {
            Some(before) if !now.is_same(before) => now.must_be(before).err(),
            _ => {
                fresh.identity = Some(now);
                None
            }
        },
        Ok(None) => None,
        Err(error) => Some(error),
    };
    Ok(Refreshed { tokens: fresh, unfit })
}

// Who the answer says it belongs to, if it says so at all. When it was issued is not asked: it has come just now,
// and a clock that is wrong must not cost a grant.
fn whose(answer: &TokenResponse, connection: &Checked) -> Result<Option<Identity>> {
    if answer.id_token.is_none() {
        return Ok(None);
    }
    let client_id = connection.client_id.as_deref().unwrap_or_default();
    id_token::identity(
        answer,
        &ExpectedClaims { authority: &connection.authority, client_id, nonce: None, issuer: None, now: None },
    )
}

#[cfg(test)]
mod tests;
