//! A host whose connection `sandbox` is a sandbox in process.

use std::sync::Arc;

use async_trait::async_trait;
use connector_runtime::{ExternalConnection, HostBuilder};
use connector_sdk::{Granted, Result, Secret, Subject};
use graph_client::{Endpoint, Token, TokenRequest, Tokens};
use graph_sandbox::{Holder, Sandbox};

struct Fixed(Token);

#[async_trait]
impl Tokens for Fixed {
    async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
        Ok(self.0.clone())
    }
}

/// Puts the sandbox's user Adele on a host under construction, with these scopes.
pub(crate) fn with_sandbox(builder: HostBuilder, sandbox: &Sandbox, scopes: &[&str]) -> HostBuilder {
    let given = adele(sandbox, scopes, "https://graph.sandbox.invalid");
    builder.connection("sandbox", given.transport(Arc::new(sandbox.clone())))
}

/// Puts the user on a host as [`with_sandbox`] does, where the sandbox is served at `url` and reached by the host's own
/// transport.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn with_served_sandbox(builder: HostBuilder, sandbox: &Sandbox, scopes: &[&str], url: &str) -> HostBuilder {
    builder.connection("sandbox", adele(sandbox, scopes, url))
}

fn adele(sandbox: &Sandbox, scopes: &[&str], url: &str) -> ExternalConnection {
    let token = sandbox.issue_token(Holder::User("adelev@contoso.example"), scopes);
    let token = Token::new(&Secret::new(token), Some(Arc::new(Granted::new(scopes)))).unwrap();
    ExternalConnection::new(
        Endpoint::new(url).unwrap(),
        Arc::new(Fixed(token)),
        Subject::User { names: vec!["adelev@contoso.example".into()] },
    )
}
