//! The client over a scripted transport, where time is paused, and over a real connection.

#![allow(clippy::duplicate_mod, reason = "the tests over the network run once over each transport")]

use std::sync::Arc;

use connector_sdk::Transport;
use graph_client::HttpTransportBuilder;

mod all;
mod auth;
mod coding;
mod download;
#[path = "."]
mod over_hyper {
    use super::*;

    pub(crate) fn transport(builder: HttpTransportBuilder) -> Arc<dyn Transport> {
        Arc::new(builder.build().unwrap())
    }

    mod network;
}
#[path = "."]
#[cfg(feature = "reqwest")]
mod over_reqwest {
    use super::*;

    pub(crate) fn transport(builder: HttpTransportBuilder) -> Arc<dyn Transport> {
        Arc::new(builder.build_reqwest().unwrap())
    }

    pub(crate) mod network;
}
mod options;
mod origin;
mod preview;
mod redact;
mod retry;
mod settle;
#[cfg(feature = "reqwest")]
mod socks;
mod stage;
mod throttle;
mod upload;
