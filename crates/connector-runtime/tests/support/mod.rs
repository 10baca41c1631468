//! A host whose connection `sandbox` is a sandbox in process.

use std::sync::Arc;

use async_trait::async_trait;
use connector_runtime::{Builder, Given};
use connector_sdk::{Granted, Result, Secret, Who};
use graph_client::{Ask, Endpoint, Token, Tokens};
use graph_sim::{Holder, Sandbox};

struct Fixed(Token);

#[async_trait]
impl Tokens for Fixed {
    async fn token(&self, _: Ask<'_>) -> Result<Token> {
        Ok(self.0.clone())
    }
}

/// Puts the sandbox's user Adele on a host under construction, with these scopes.
pub(crate) fn with_sandbox(builder: Builder, sandbox: &Sandbox, scopes: &[&str]) -> Builder {
    let token = sandbox.issue_token(Holder::User("adelev@contoso.example"), scopes);
    let token = Token::new(&Secret::new(token), Some(Arc::new(Granted::new(scopes)))).unwrap();
    let given = Given::new(
        Endpoint::new("https://graph.sandbox.invalid").unwrap(),
        Arc::new(Fixed(token)),
        Who::User { names: vec!["adelev@contoso.example".into()] },
    );
    builder.connection("sandbox", given.transport(Arc::new(sandbox.clone())))
}
