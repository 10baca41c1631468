//! The default transport.

use std::sync::Arc;

use connector_sdk::{Result, Transport};
use hyper_util::client::proxy::matcher::Matcher;

use super::{HttpTransport, needs_socks};

/// Creates the transport that fits the environment: an [`HttpTransport`], which is the faster one, or one over reqwest
/// where `HTTPS_PROXY` or `ALL_PROXY` names a SOCKS proxy.
///
/// # Errors
/// As [`HttpTransport::new`]; `invalid_input` for a SOCKS proxy without the feature `reqwest`.
pub fn usual_transport() -> Result<Arc<dyn Transport>> {
    if !needs_socks(&Matcher::from_env()) {
        return Ok(Arc::new(HttpTransport::new()?));
    }
    #[cfg(feature = "reqwest")]
    {
        tracing::debug!("requests go through a SOCKS proxy, and so by reqwest");
        Ok(Arc::new(HttpTransport::builder().build_reqwest()?))
    }
    #[cfg(not(feature = "reqwest"))]
    Err(super::no_socks())
}
