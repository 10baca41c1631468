//! The context of a run, as the client needs it.

use std::sync::Arc;

use async_trait::async_trait;
use connector_sdk::{Json, Result, Scopes};
use tokio::time::Instant;

use crate::{Endpoint, Files, Journal, NoFiles, NoProgress, Observer, Progress, Tokens, UploadSessionStore};

/// A run on a connection.
///
/// ```
/// use std::sync::Arc;
///
/// use connector_sdk::{Request, Result, Secret};
/// use graph_client::{Endpoint, Session, Token, TokenRequest, Tokens, preview};
///
/// struct OneToken;
///
/// #[async_trait::async_trait]
/// impl Tokens for OneToken {
///     async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
///         Token::new(&Secret::new("token"), None)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let endpoint = Endpoint::new("https://graph.microsoft.com")?;
/// let session = Session::new("contoso", endpoint, Arc::new(OneToken));
/// let preview = preview(Request::get("/me").accepted(), &session).await?;
/// assert_eq!(preview.requests[0].url, "https://graph.microsoft.com/v1.0/me");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    /// Id of the connection.
    pub connection: Arc<str>,
    /// App whose requests Graph counts together, such as its id and its tenant: sessions with the same share Graph's
    /// limits. The usual one is the connection.
    pub app: Arc<str>,
    /// Names of the signed-in user's mailbox in paths, such as the user principal name and the object id: what `me` is.
    /// Sessions of one user name them in the same order.
    pub mailbox: Arc<[String]>,
    /// Graph endpoint of the connection.
    pub endpoint: Endpoint,
    /// Source of the connection's tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Whether an app, not a user, is signed in.
    pub application: bool,
    /// Permissions that the action needs; each request is checked against what the token carries before it is sent.
    pub scopes: Scopes,
    /// Deadline of the run.
    pub deadline: Option<Instant>,
    /// Files of the run.
    pub files: Arc<dyn Files>,
    /// Store of unfinished uploads, if there is one.
    pub uploads: Option<Arc<dyn UploadSessionStore>>,
    /// Journal of the run's writes, if a later run is to resume where this one breaks off.
    pub journal: Option<Arc<dyn Journal>>,
    /// Listener for the progress of the run.
    pub progress: Arc<dyn Progress>,
    /// Observer of the run's calls, besides those of the client.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Session {
    /// Creates a session on a connection of a user, without permissions, a deadline, files, stores and progress. Set
    /// the fields that differ.
    pub fn new(connection: impl Into<Arc<str>>, endpoint: Endpoint, tokens: Arc<dyn Tokens>) -> Session {
        let connection = connection.into();
        Session {
            app: connection.clone(),
            mailbox: Arc::default(),
            connection,
            endpoint,
            tokens,
            application: false,
            scopes: Scopes::NONE,
            deadline: None,
            files: Arc::new(NoFiles),
            uploads: None,
            journal: None,
            progress: Arc::new(NoProgress),
            observer: None,
        }
    }
}

/// A receiver of a list's items as their pages arrive. The next page waits until it has taken them.
#[async_trait]
pub trait ItemSink: Send {
    /// Takes the items of a page.
    async fn emit(&mut self, items: Vec<Json>) -> Result<()>;
}

#[async_trait]
impl ItemSink for Vec<Json> {
    async fn emit(&mut self, mut items: Vec<Json>) -> Result<()> {
        self.append(&mut items);
        Ok(())
    }
}
