//! Connections whose tokens the embedding program provides.

use std::sync::Arc;

use async_trait::async_trait;
use connector_sdk::{Code, Error, Granted, Result, Secret, Subject, Transport};
use graph_auth::{TokenSet, is_application_token};
use graph_client::{Endpoint, Token, TokenRequest, Tokens};
use jiff::Timestamp;

use super::connected::user_of;

/// A connection that the embedding program provides: the program gets the tokens, the host does the rest.
#[derive(Clone)]
pub struct ExternalConnection {
    pub(crate) endpoint: Endpoint,
    pub(crate) tokens: Arc<dyn Tokens>,
    pub(crate) who: Subject,
    pub(crate) transport: Option<Arc<dyn Transport>>,
}

impl ExternalConnection {
    /// Creates a connection to the Graph at `endpoint`, with these tokens, signed in as `who`.
    pub fn new(endpoint: Endpoint, tokens: Arc<dyn Tokens>, who: Subject) -> ExternalConnection {
        ExternalConnection { endpoint, tokens, who, transport: None }
    }

    /// Creates a connection to the Graph at `endpoint` with one token, as long as that is valid. It is signed in as the
    /// user or app that the token names; `user` is the default user of an app.
    ///
    /// # Errors
    /// `protocol` when it is nothing that can be sent.
    pub fn with_token(endpoint: Endpoint, token: &Secret, user: Option<String>) -> Result<ExternalConnection> {
        let set = TokenSet::of_access_token(token, Timestamp::now())?;
        let who = match is_application_token(token) {
            true => Subject::App { user },
            false => user_of(set.identity.as_ref()),
        };
        let token = Token::new(token, set.granted().map(Arc::new))?;
        Ok(ExternalConnection::new(endpoint, Arc::new(One(token)), who))
    }

    /// Sets a transport for this connection, other than that of the host's other connections; the sandbox in process
    /// does.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> ExternalConnection {
        self.transport = Some(transport);
        self
    }
}

/// A source of one token that cannot be renewed.
struct One(Token);

#[async_trait]
impl Tokens for One {
    async fn token(&self, ask: TokenRequest<'_>) -> Result<Token> {
        match ask {
            TokenRequest::Usual => Ok(self.0.clone()),
            _ => Err(Error::new(Code::NotConnected, "the given token is not accepted any more")
                .with_hint("It has ended or was withdrawn, and cannot be renewed: give the connection a new token.")),
        }
    }

    fn granted(&self) -> Option<Arc<Granted>> {
        self.0.granted().cloned()
    }
}
