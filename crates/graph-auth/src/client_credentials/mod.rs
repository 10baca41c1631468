//! Sign-in of an app (RFC 6749 4.4): with its secret, its certificate, or another issuer's token.
//!
//! See [the flow as Microsoft has it][1].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow

use connector_sdk::{Result, Transport};
use oauth2::ClientCredentialsTokenRequest;

use crate::claims::{self, Capability};
use crate::client::{Extra, client_at, scopes};
use crate::oauth_http::OauthHttp;
use crate::{Checked, Failure, GrantContext, TokenSet};

/// Requests a token. There is no refresh token in this grant: request a new one instead.
///
/// # Errors
/// Whatever the service refuses with; `unavailable` when it does not answer.
pub async fn token(
    transport: &dyn Transport,
    connection: &Checked,
    given: GrantContext<'_>,
) -> Result<TokenSet, Failure> {
    let capability = connection.authority.is_entra().then_some(Capability);
    let claims = claims::merge(capability, None, given.claims)?;
    let url = connection.authority.token_url();
    let extra = Extra::proof(connection, &url, &given)?.and("claims", claims);
    let client = client_at(connection, &url)?;
    let request = client.exchange_client_credentials().add_scopes(scopes(&connection.scope));
    let request = extra.add_to(request, ClientCredentialsTokenRequest::add_extra_param);
    let wire = OauthHttp::new(transport, connection);
    let answer = request.request_async(&wire).await;
    Ok(wire.read(answer)?.read_for_app(given.now)?)
}

#[cfg(test)]
mod tests;
