//! The protocol on standard input and output: one client, which is there until its input ends.

use std::sync::Arc;

use connector_runtime::{Code, Error, Principal, Result};
use rmcp::serve_server;
use rmcp::service::ServerInitializeError;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite};

use super::pinned;
use crate::service::Service;

impl Service {
    /// Serves the Model Context Protocol on standard input and output to one client that is this principal, until its
    /// input ends. Nothing else may write to standard output meanwhile.
    ///
    /// # Errors
    /// `unavailable` when the client does not speak the protocol; `invalid_input` for a grant that makes more actions
    /// tools of their own than clients take.
    pub async fn stdio(self, principal: Arc<Principal>) -> Result<()> {
        let (read, write) = rmcp::transport::io::stdio_pipes();
        self.speak(principal, read, write).await
    }

    pub(crate) async fn speak(
        self,
        principal: Arc<Principal>,
        read: impl AsyncRead + Send + Unpin + 'static,
        write: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<()> {
        let agent = self.agent(principal);
        pinned::check(&agent.host)?;
        let transport = AsyncRwTransport::new_server(read, write).with_max_line_length(self.limits().body);
        let served = match serve_server(agent, transport).await {
            Ok(client) => client.waiting().await.map(|_| ()).map_err(|error| broken(&error)),
            // It has said nothing.
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(broken(&error)),
        };
        self.ended().await;
        served
    }
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Unavailable, format!("the client does not speak the Model Context Protocol: {error}"))
        .with_hint("An MCP client starts this command, and writes one JSON-RPC message a line to its standard input.")
}
