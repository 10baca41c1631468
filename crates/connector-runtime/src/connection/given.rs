//! Connections whose tokens the embedding program provides.

use std::sync::Arc;

use connector_sdk::{Transport, Who};
use graph_client::{Endpoint, Tokens};

/// A connection that the embedding program provides: it knows how to get tokens, the host does the rest.
#[derive(Clone)]
pub struct Given {
    pub(crate) endpoint: Endpoint,
    pub(crate) tokens: Arc<dyn Tokens>,
    pub(crate) who: Who,
    pub(crate) transport: Option<Arc<dyn Transport>>,
}

impl Given {
    /// A connection to the Graph at `endpoint`, with these tokens, signed in as `who`.
    pub fn new(endpoint: Endpoint, tokens: Arc<dyn Tokens>, who: Who) -> Given {
        Given { endpoint, tokens, who, transport: None }
    }

    /// Sends its requests another way than the host's other connections; the sandbox in process does.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Given {
        self.transport = Some(transport);
        self
    }
}
