//! An app signs in by itself (RFC 6749 4.4): with its secret, its certificate, or another issuer's token.
//!
//! See [the flow as Microsoft has it][1].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow

use connector_sdk::{Result, Transport};

use crate::Checked;
use crate::claims::{self, Capability};
use crate::exchange::{Form, Given};
use crate::refusal::Failure;
use crate::token_set::{Answer, TokenSet};

/// Asks for a token. There is no refresh token in this grant: ask again instead.
///
/// # Errors
/// Whatever the service refuses with; `unavailable` when it does not answer.
pub async fn token(transport: &dyn Transport, connection: &Checked, given: Given<'_>) -> Result<TokenSet, Failure> {
    let capability = connection.authority.is_entra().then_some(Capability);
    let claims = claims::merge(capability, None, given.claims)?;
    let mut form = Form::new(connection.authority.token_url()).put("grant_type", "client_credentials");
    if !connection.scope.is_empty() {
        form = form.put("scope", &connection.scope);
    }
    let answer: Answer = form.put_some("claims", claims.as_deref()).client(connection, &given)?.send(transport).await?;
    let mut tokens = answer.read_for_app(given.now)?;
    // RFC 6749 4.4.3: there should be none, and nobody would use it.
    tokens.refresh = None;
    Ok(tokens)
}

#[cfg(test)]
#[path = "client_credentials_tests.rs"]
mod tests;
