//! Sources of access tokens.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use connector_sdk::{Error, Granted, Result, Secret};
use http::HeaderValue;

/// An access token, ready to be sent.
///
/// ```
/// use connector_sdk::{Granted, Secret};
/// use graph_client::Token;
///
/// let token = Token::new(&Secret::new("eyJ0"), Some(Granted::parse("User.Read").into())).unwrap();
/// assert!(token.granted().unwrap().has("User.Read"));
/// assert_eq!(format!("{token:?}"), "Token(…)");
/// ```
#[derive(Clone)]
pub struct Token {
    header: HeaderValue,
    granted: Option<Arc<Granted>>,
}

impl Token {
    /// Creates a bearer token. `granted` is what it carries, where that is known.
    ///
    /// # Errors
    /// `protocol` when it has characters that a header cannot carry.
    pub fn new(secret: &Secret, granted: Option<Arc<Granted>>) -> Result<Token> {
        let mut header = HeaderValue::try_from(format!("Bearer {}", secret.expose()))
            .map_err(|_| Error::protocol("the sign-in service issued a token that cannot be sent"))?;
        header.set_sensitive(true);
        Ok(Token { header, granted })
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
    pub fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// Returns the scopes or roles that the token carries; `None` when it does not say, and then Graph decides.
    pub fn granted(&self) -> Option<&Arc<Granted>> {
        self.granted.as_ref()
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Token) -> bool {
        self.header == other.header
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A request for a token.
#[derive(Debug, Clone, Copy)]
pub enum TokenRequest<'a> {
    /// A token that is valid now.
    Usual,
    /// Another token: Graph refused this one with 401.
    Rejected(&'a Token),
    /// Another token, with these claims (JSON): Graph refused this one with a [claims challenge][1].
    ///
    /// [1]: https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge
    Claims(&'a Token, &'a str),
}

/// A source of a connection's tokens. An implementation sees to it that tokens are fresh and that a refresh happens
/// once, however many ask.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Returns a token.
    ///
    /// # Errors
    /// `not_connected` when somebody must sign in again; `unavailable` when the sign-in service is.
    async fn token(&self, ask: TokenRequest<'_>) -> Result<Token>;

    /// Returns the permissions that the tokens carry, as far as they are known without a request.
    fn granted(&self) -> Option<Arc<Granted>> {
        None
    }
}
