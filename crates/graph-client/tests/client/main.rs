//! The client over a scripted transport, where time is paused, and over real connections.
//!
//! What is about what goes over the wire runs in each of these ways.

#![allow(clippy::duplicate_mod, reason = "the same scenarios run over each transport")]

use std::sync::Arc;

use connector_sdk::Transport;
use graph_client::{Client, HttpTransportBuilder};
use stage::Stage;

mod all;
mod auth;
mod coding;
mod guarded;
mod options;
mod origin_generated;
#[path = "."]
mod over_hyper {
    use super::*;

    pub(crate) fn transport(builder: HttpTransportBuilder) -> Arc<dyn Transport> {
        Arc::new(builder.build().unwrap())
    }

    pub(crate) async fn client(stage: &Arc<Stage>) -> Client {
        wire::client(stage, transport).await
    }

    pub(crate) fn begin() {}

    mod download;
    mod informational;
    mod network;
    mod origin;
    mod tls;
    mod upload;
}
#[path = "."]
#[cfg(feature = "reqwest")]
mod over_reqwest {
    use super::*;

    pub(crate) fn transport(builder: HttpTransportBuilder) -> Arc<dyn Transport> {
        Arc::new(builder.build_reqwest().unwrap())
    }

    pub(crate) async fn client(stage: &Arc<Stage>) -> Client {
        wire::client(stage, transport).await
    }

    pub(crate) fn begin() {}

    mod download;
    mod informational;
    pub(crate) mod network;
    mod origin;
    pub(crate) mod tls;
    mod upload;
}
mod pace;
mod preview;
mod redact;
mod retry;
#[path = "."]
mod scripted {
    use super::*;

    pub(crate) async fn client(stage: &Arc<Stage>) -> Client {
        stage.client()
    }

    /// Stops the clock: without a connection nobody has to wait.
    pub(crate) fn begin() {
        tokio::time::pause();
    }

    mod download;
    mod origin;
    mod upload;
}
mod settle;
mod shared_limits;
#[cfg(feature = "reqwest")]
mod socks;
mod stage;
mod throttle;
mod wire;
