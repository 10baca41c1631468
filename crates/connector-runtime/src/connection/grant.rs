//! Grants by which a connection gets its tokens.

use connector_sdk::{Code, Error, Result, Secret, SignInMethod, Transport};
use graph_auth::GrantContext as Exchange;
use graph_auth::refresh::{self, Refreshed};
use graph_auth::{Checked, Credential, Failure, TokenSet, client_credentials, managed_identity};
use jiff::Timestamp;
use url::Url;

/// Returns whether getting new tokens may invalidate the old refresh token.
pub(super) fn spends(checked: &Checked) -> bool {
    matches!(checked.method, SignInMethod::AuthorizationCode | SignInMethod::DeviceCode)
}

/// Gets new tokens without a person: by a refresh for a user, by a new sign-in for an app.
pub(super) async fn renew(
    transport: &dyn Transport,
    checked: &Checked,
    tokens: Option<&TokenSet>,
    claims: Option<&str>,
) -> Result<Refreshed, Failure> {
    let federated = federated_token(&checked.credential).await?;
    let exchange = Exchange { now: Timestamp::now(), claims, federated: federated.as_ref() };
    let tokens = match checked.method {
        SignInMethod::AuthorizationCode | SignInMethod::DeviceCode => match tokens {
            Some(tokens) => return refresh::refresh(transport, checked, tokens, exchange).await,
            None => {
                return Err(Error::new(Code::NotConnected, "the sign-in was not finished")
                    .with_hint("Reconnect the connection.")
                    .into());
            }
        },
        SignInMethod::ManagedIdentity => managed_identity::token(transport, checked, &machine()?, exchange).await?,
        SignInMethod::AccessToken => match &checked.credential {
            Credential::GrantContext(token) => {
                let set = TokenSet::of_access_token(token, exchange.now)?;
                if set.expires_at <= exchange.now
                    || tokens.is_some_and(|old| old.access == set.access && old.expires_at <= exchange.now)
                {
                    return Err(Error::new(
                        Code::NotConnected,
                        format!("the given token has ended, at {:.0}", set.expires_at),
                    )
                    .with_hint(NEW_TOKEN)
                    .into());
                }
                set
            }
            _ => return Err(Error::bug("a connection without its token").into()),
        },
        _ => client_credentials::token(transport, checked, exchange).await?,
    };
    Ok(Refreshed { tokens, unfit: None })
}

/// Advice for a given token that has expired.
pub(super) const NEW_TOKEN: &str =
    "A token that was given cannot be renewed. Get a new one, and reconnect the connection with it.";

// Read anew each time: whoever writes the file renews it.
async fn federated_token(credential: &Credential) -> Result<Option<Secret>> {
    let Credential::Federated(path) = credential else { return Ok(None) };
    let read = tokio::fs::read_to_string(path)
        .await
        .map_err(|error| Error::invalid("/federatedTokenFile", format!("the file {path} cannot be read: {error}")))?;
    Ok(Some(Secret::new(read.trim())))
}

// App Service says where its endpoint is; otherwise it is a virtual machine's.
fn machine() -> Result<managed_identity::IdentityEndpoint> {
    match (std::env::var("IDENTITY_ENDPOINT"), std::env::var("IDENTITY_HEADER")) {
        (Ok(url), Ok(header)) => {
            let url = Url::parse(&url)
                .map_err(|_| Error::invalid("", "the environment's `IDENTITY_ENDPOINT` is not a URL"))?;
            Ok(managed_identity::IdentityEndpoint::AppService { url, header: Secret::new(header) })
        }
        _ => Ok(managed_identity::IdentityEndpoint::virtual_machine()),
    }
}
