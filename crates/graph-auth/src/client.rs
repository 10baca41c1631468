//! The OAuth client of the app, and its authentication.

use std::borrow::Cow;

use connector_sdk::{Error, Result};
use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, Scope, StandardRevocableToken, TokenUrl};
use url::Url;

use crate::client_assertion::Service;
use crate::refusal::RefusalBody;
use crate::settings::ClientAuthStyle;
use crate::token_response::TokenResponse;
use crate::{Checked, Credential, GrantContext};

/// OAuth client that reads [`TokenResponse`] and [`RefusalBody`]. Introspection and revocation are not used.
pub(crate) type Client<Token = EndpointNotSet> = oauth2::Client<
    RefusalBody,
    TokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    Token,
>;

/// Creates the OAuth client of the connection's app, with its secret if it has one (RFC 6749 2.3.1).
///
/// # Errors
/// `bug` when it has no client id.
pub(crate) fn client(connection: &Checked) -> Result<Client> {
    let id = connection.client_id.clone().ok_or_else(|| Error::bug("a grant without a client id"))?;
    let client = Client::new(ClientId::new(id)).set_auth_type(AuthType::RequestBody);
    Ok(match &connection.credential {
        Credential::Secret(secret, style) => {
            let style = match style {
                ClientAuthStyle::Basic => AuthType::BasicAuth,
                ClientAuthStyle::Body => AuthType::RequestBody,
            };
            client.set_client_secret(ClientSecret::new(secret.expose().to_owned())).set_auth_type(style)
        }
        _ => client,
    })
}

/// Creates the OAuth client as [`client()`] does, for the token endpoint at `url`.
///
/// # Errors
/// As for [`client()`].
pub(crate) fn client_at(connection: &Checked, url: &Url) -> Result<Client<EndpointSet>> {
    Ok(client(connection)?.set_token_uri(TokenUrl::from_url(url.clone())))
}

/// Splits a `scope` parameter.
pub(crate) fn scopes(scope: &str) -> impl Iterator<Item = Scope> {
    scope.split_ascii_whitespace().map(|name| Scope::new(name.to_owned()))
}

/// Additional parameters of a request, which `oauth2` does not know.
pub(crate) struct Extra(Vec<(&'static str, String)>);

impl Extra {
    /// Returns the parameters by which the app authenticates at `url` with an assertion instead of a secret (RFC 7523
    /// 2.2).
    ///
    /// # Errors
    /// `bug` when the token of a federated sign-in was not given, or the credential has no token endpoint.
    pub(crate) fn proof(connection: &Checked, url: &Url, given: &GrantContext<'_>) -> Result<Extra> {
        let assertion = match &connection.credential {
            Credential::Public | Credential::Secret(..) => return Ok(Extra(Vec::new())),
            Credential::Certificate(certificate) => {
                let service = if connection.authority.is_entra() { Service::Entra } else { Service::Other };
                certificate.assertion(
                    connection.client_id.as_deref().unwrap_or_default(),
                    url.as_str(),
                    service,
                    given.now,
                )?
            }
            Credential::Federated(_) => given
                .federated
                .cloned()
                .ok_or_else(|| Error::bug("a federated sign-in without the other issuer's token"))?,
            Credential::ManagedIdentity | Credential::GrantContext(_) => {
                return Err(Error::bug("this credential has no token endpoint"));
            }
        };
        Ok(Extra(vec![
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()),
            ("client_assertion", assertion.expose().to_owned()),
        ]))
    }

    /// Adds a parameter, if it has a value.
    pub(crate) fn and(mut self, name: &'static str, value: Option<impl Into<String>>) -> Extra {
        self.0.extend(value.map(|value| (name, value.into())));
        self
    }

    /// Adds the parameters to a request by calling `add` for each.
    pub(crate) fn add_to<'a, R>(self, request: R, add: impl Fn(R, Cow<'a, str>, Cow<'a, str>) -> R) -> R {
        self.0.into_iter().fold(request, |request, (name, value)| add(request, name.into(), value.into()))
    }
}
