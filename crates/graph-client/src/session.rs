//! What the client must know about a run.

use std::sync::Arc;

use async_trait::async_trait;
use connector_sdk::{Json, Result, Scopes};
use tokio::time::Instant;

use crate::{Endpoint, Files, Journal, Progress, Tokens, Uploads};

/// One run on one connection.
#[derive(Clone)]
pub struct Session {
    /// The connection's identity. Limits of Graph are kept for each connection apart.
    pub connection: Arc<str>,
    /// Where its Graph is.
    pub endpoint: Endpoint,
    /// Its tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Whether an app, not a user, is signed in.
    pub application: bool,
    /// What the action needs; each request is checked against what the token carries before it leaves.
    pub scopes: Scopes,
    /// When the run must be over.
    pub deadline: Option<Instant>,
    /// Its files.
    pub files: Arc<dyn Files>,
    /// Where unfinished uploads are kept, if they are.
    pub uploads: Option<Arc<dyn Uploads>>,
    /// Where its writes are kept, if a later run is to go on where this one breaks off.
    pub journal: Option<Arc<dyn Journal>>,
    /// Who hears how it is getting on.
    pub progress: Arc<dyn Progress>,
}

/// Takes the items of a list as their pages arrive. The next page waits until it has taken them.
#[async_trait]
pub trait Emit: Send {
    /// Takes a page's items.
    async fn emit(&mut self, items: Vec<Json>) -> Result<()>;
}

#[async_trait]
impl Emit for Vec<Json> {
    async fn emit(&mut self, mut items: Vec<Json>) -> Result<()> {
        self.append(&mut items);
        Ok(())
    }
}
