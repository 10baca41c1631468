//! Whom to trust.

use std::sync::Arc;

use connector_sdk::{Error, Result};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

/// TLS that trusts what the operating system trusts, and these roots.
///
/// The provider is named here: a default one would be a global of the program that embeds us.
///
/// # Errors
/// `invalid_input` when a certificate cannot be used.
pub(super) fn config(roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig> {
    let unusable = |error: rustls::Error| Error::invalid("", format!("the network cannot be used: {error}"));
    let provider = Arc::new(ring::default_provider());
    let verifier = if roots.is_empty() { Verifier::new(provider.clone()) } else { Verifier::new_with_extra_roots(roots, provider.clone()) };
    let verifier = Arc::new(verifier.map_err(unusable)?);
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(unusable)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}
