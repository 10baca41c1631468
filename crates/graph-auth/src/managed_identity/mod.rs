//! Sign-in of an app with the managed identity of its machine, whose own endpoint issues the token.
//!
//! See [virtual machines][1] and [App Service][2].
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
//! [2]: https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity#rest-endpoint-reference

use bytes::Bytes;
use connector_sdk::{Code, Error, Result, Secret, Transport};
use http::{HeaderValue, Request};
use url::Url;

use crate::refusal::Failure;
use crate::token_http::{GrantContext, call, unwritable};
use crate::token_response::TokenResponse;
use crate::{Checked, Reason, TokenSet};

/// A managed identity endpoint. The host reads from its environment which one there is.
#[derive(Debug, Clone)]
pub enum IdentityEndpoint {
    /// Metadata service of a virtual machine: [`IdentityEndpoint::virtual_machine`].
    VirtualMachine {
        /// Link-local address of the service.
        base: Url,
    },
    /// Endpoint of App Service, Functions and Container Apps.
    AppService {
        /// Value of `IDENTITY_ENDPOINT`.
        url: Url,
        /// Value of `IDENTITY_HEADER`: proof that we are inside the app.
        header: Secret,
    },
}

impl IdentityEndpoint {
    /// Returns the metadata service at its usual address, which only the machine itself can reach.
    pub fn virtual_machine() -> IdentityEndpoint {
        IdentityEndpoint::VirtualMachine { base: Url::parse("http://169.254.169.254").expect("a constant URL") }
    }
}

/// Requests a token from the machine. There is no refresh token: request a new one instead.
///
/// # Errors
/// `forbidden` when the machine has no such identity; `unavailable` when its endpoint does not answer, which
/// is also what a machine without one looks like.
pub async fn token(
    transport: &dyn Transport,
    connection: &Checked,
    endpoint: &IdentityEndpoint,
    given: GrantContext<'_>,
) -> Result<TokenSet, Failure> {
    let (mut url, version, (name, value), secret) = match endpoint {
        IdentityEndpoint::VirtualMachine { base } => {
            let mut url = base.clone();
            url.set_path("/metadata/identity/oauth2/token");
            (url, "2018-02-01", ("metadata", HeaderValue::from_static("true")), None)
        }
        IdentityEndpoint::AppService { url, header } => {
            let mut value = HeaderValue::try_from(header.expose()).map_err(|_| {
                Error::invalid(
                    "",
                    "the environment's `IDENTITY_HEADER` cannot be sent: it is not the text that App Service sets",
                )
            })?;
            value.set_sensitive(true);
            (url.clone(), "2019-08-01", ("x-identity-header", value), Some(header))
        }
    };
    url.query_pairs_mut().append_pair("api-version", version).append_pair("resource", connection.cloud.graph());
    if let Some(id) = &connection.client_id {
        url.query_pairs_mut().append_pair("client_id", id);
    }
    let request = Request::get(url.as_str()).header(name, value).body(Bytes::new()).map_err(unwritable)?;
    let secrets: Vec<Secret> = secret.into_iter().cloned().collect();
    let answer: TokenResponse = match call(transport, request, &secrets).await {
        Ok(answer) => answer,
        Err(failure) => return Err(explain(failure)),
    };
    Ok(answer.read_for_app(given.now)?)
}

/// Advice for machines without a managed identity.
const NONE: &str = "Managed identities exist on machines of Azure only: elsewhere, choose another method, such as `client_certificate` or \
                    `workload_identity`. On Azure, assign one to the machine, and try again in a minute.";

// The endpoint has its own ways to say what is wrong: 400 no such identity, 404 and 410 not ready yet.
fn explain(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(mut refusal) => {
            match refusal.status {
                404 | 410 => {
                    refusal.reason = Reason::Passing;
                    return Failure::Failed(refusal.into_error().with_hint(NONE));
                }
                400 => {
                    return Failure::Failed(
                        refusal
                            .into_error()
                            .with_code(Code::Forbidden)
                            .with_hint("Assign a managed identity to this machine; for a user-assigned one, give its client id as `clientId`."),
                    );
                }
                // What stands at this address elsewhere, such as another cloud's service or a proxy, refuses in its own
                // way.
                status if status < 500 && status != 429 => {
                    return Failure::Failed(refusal.into_error().with_code(Code::Forbidden).with_hint(NONE));
                }
                _ => {}
            }
            Failure::Refused(refusal)
        }
        Failure::Failed(error) if error.code() == Code::Unavailable => Failure::Failed(
            Error::new(Code::Unavailable, "this machine has no managed identity, or its endpoint does not answer")
                .caused_by(error)
                .with_hint(NONE),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests;
