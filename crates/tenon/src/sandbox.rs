//! The connection `sandbox`: always there, without an account.
//!
//! Usually the sandbox lives in this process and ends with it. With `TENON_SANDBOX_URL` the connection
//! speaks to one that `tenon sandbox` serves, which remembers.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use connector_runtime::ExternalConnection;
use connector_sdk::{ByteStream, Code, Error, Granted, Result, Secret, Subject, Transport, http, read_to_end};
use graph_client::{Endpoint, HttpTransport, Token, TokenRequest, Tokens};
use graph_sandbox::{Holder, Sandbox};
use serde_json::{Value, json};

use crate::connectors;

/// Name of the connection.
pub(crate) const NAME: &str = "sandbox";
/// Environment variable with the URL of a sandbox that is served.
pub(crate) const VARIABLE: &str = "TENON_SANDBOX_URL";
/// Signed-in user.
pub(crate) const USER: &str = "AdeleV@contoso.example";

/// Maximum size of the sandbox's response about a token, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Returns the URL of a sandbox that is served, if the environment names one.
pub(crate) fn url() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|url| !url.is_empty())
}

/// Returns the connection. Nothing is created or requested before it is used.
///
/// # Errors
/// `invalid_input` when `TENON_SANDBOX_URL` is not the URL of a program on this machine.
pub(crate) fn connection() -> Result<ExternalConnection> {
    let who = Subject::User { names: vec![USER.to_owned()] };
    let Some(url) = url() else {
        return inside(OnceLock::new());
    };
    let endpoint = Endpoint::new(&url).ok().filter(Endpoint::is_loopback).ok_or_else(|| {
        Error::new(Code::InvalidInput, format!("{VARIABLE} is not the URL of a sandbox on this machine: {url}"))
            .with_hint("Set it to what `tenon sandbox` prints, such as http://127.0.0.1:8080, or unset it.")
    })?;
    let outside = Arc::new(Outside { url, network: OnceLock::new(), token: Mutex::new(None) });
    Ok(ExternalConnection::new(endpoint, outside.clone(), who).transport(outside))
}

/// Returns the connection to a sandbox in this process.
///
/// # Errors
/// `bug`, which it does not return.
pub(crate) fn connection_to(sandbox: Sandbox) -> Result<ExternalConnection> {
    inside(OnceLock::from(sandbox))
}

fn inside(sandbox: OnceLock<Sandbox>) -> Result<ExternalConnection> {
    let who = Subject::User { names: vec![USER.to_owned()] };
    let inside = Arc::new(Inside { sandbox });
    Ok(ExternalConnection::new(Endpoint::new("https://graph.microsoft.com")?, inside.clone(), who).transport(inside))
}

// The sandbox grants all that the connectors can ask for.
static SCOPES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut all = BTreeSet::new();
    for connector in connectors::all() {
        let specs = (connector.actions.iter().map(|action| action.spec()))
            .chain(connector.triggers.iter().map(|trigger| trigger.spec()))
            .chain(connector.picklists.iter().map(|picklist| picklist.spec()))
            .chain(connector.dynamic_schemas.iter().map(|dynamic| dynamic.spec()));
        for spec in specs {
            for scopes in std::iter::once(&spec.scopes).chain(spec.scope_cases.iter().map(|case| &case.scopes)) {
                all.extend(scopes.delegated.names().chain(scopes.shared.names()));
            }
        }
        for sign_in in connector.connection.sign_ins.iter().filter(|sign_in| !sign_in.method.is_application()) {
            let permissions = sign_in.permissions;
            all.extend(permissions.minimum.iter().chain(permissions.default).chain(permissions.optional));
        }
    }
    all.into_iter().collect()
});

fn granted() -> Option<Arc<Granted>> {
    Some(Arc::new(Granted::new(SCOPES.iter())))
}

fn token(text: String) -> Result<Token> {
    Token::new(&Secret::new(text), granted())
}

/// A sandbox in this process.
struct Inside {
    sandbox: OnceLock<Sandbox>,
}

impl Inside {
    fn sandbox(&self) -> &Sandbox {
        self.sandbox.get_or_init(Sandbox::new)
    }
}

#[async_trait]
impl Tokens for Inside {
    async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
        token(self.sandbox().issue_token(Holder::User(USER), &SCOPES))
    }
    fn granted(&self) -> Option<Arc<Granted>> {
        granted()
    }
}

#[async_trait]
impl Transport for Inside {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        self.sandbox().send(request).await
    }
}

/// A sandbox that another process serves.
struct Outside {
    url: String,
    // Made once, for tokens and requests: making it loads the system's certificates.
    network: OnceLock<HttpTransport>,
    token: Mutex<Option<Token>>,
}

#[async_trait]
impl Transport for Outside {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let network = match self.network.get() {
            Some(network) => network,
            None => {
                let network = HttpTransport::new()?;
                self.network.get_or_init(|| network)
            }
        };
        network.send(request).await
    }
}

#[async_trait]
impl Tokens for Outside {
    async fn token(&self, ask: TokenRequest<'_>) -> Result<Token> {
        let known = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let (TokenRequest::Usual, Some(token)) = (ask, known) {
            return Ok(token);
        }
        let token = token(self.ask().await?)?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(token)
    }
    fn granted(&self) -> Option<Arc<Granted>> {
        granted()
    }
}

impl Outside {
    async fn ask(&self) -> Result<String> {
        let request = http::Request::post(format!("{}/sandbox/token", self.url.trim_end_matches('/')))
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(json!({ "user": USER, "scopes": *SCOPES }).to_string()))
            .map_err(|error| Error::bug("a request to the sandbox could not be made").caused_by(error))?;
        let silent = |error: Error| {
            error.with_hint(format!("Is it running? Start it with `tenon sandbox`, or unset {VARIABLE}."))
        };
        let response = self.send(request).await.map_err(silent)?;
        let status = response.status();
        let body = read_to_end(response.into_body(), LARGEST_ANSWER).await?;
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        match answer["accessToken"].as_str() {
            Some(token) => Ok(token.to_owned()),
            None => Err(silent(Error::new(
                Code::NotConnected,
                format!("what answers at {} is not a sandbox (status {})", self.url, status.as_u16()),
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_connectors_ask_for_is_granted() {
        for scope in ["Mail.Send", "Mail.Send.Shared", "Mail.ReadWrite"] {
            assert!(SCOPES.contains(&scope), "{scope} is not in {SCOPES:?}");
        }
    }
}
