//! TLS settings and trusted certificates.

use std::error::Error as StdError;
use std::sync::Arc;
use std::thread;

use connector_sdk::{Code, Error, Result};
use futures_util::FutureExt;
use futures_util::future::Shared;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio::sync::oneshot;

/// HTTP versions that are offered, the preferred one first.
pub(super) const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// TLS settings that trust what the operating system trusts, and additional roots.
///
/// A system trusts hundreds of certificates. They are read on a thread of its own: what precedes the first
/// handshake does not wait for them, and an address without TLS never does.
#[derive(Clone)]
pub(super) struct Tls(Shared<oneshot::Receiver<Result<ClientConfig>>>);

impl Tls {
    /// Starts reading the system's certificates on a thread of its own, and adds `roots` to them.
    ///
    /// # Errors
    /// `invalid_input` when one of the roots cannot be used.
    pub(super) fn load(roots: Vec<CertificateDer<'static>>) -> Result<Tls> {
        let mut usable = RootCertStore::empty();
        let bad = |error| Error::invalid("", format!("a root certificate cannot be used: {error}"));
        roots.iter().cloned().try_for_each(|root| usable.add(root)).map_err(bad)?;
        let (done, loading) = oneshot::channel();
        // Nobody waits any more when the transport is gone.
        let load = move || _ = done.send(config(roots));
        thread::Builder::new()
            .name("certificates".into())
            .spawn(load)
            .map_err(|error| Error::bug("no thread could be started").caused_by(error))?;
        Ok(Tls(loading.shared()))
    }

    /// Returns the TLS settings, once the certificates are read.
    ///
    /// # Errors
    /// `invalid_input` when the system's certificates cannot be used.
    pub(super) async fn config(&self) -> Result<ClientConfig> {
        self.0.clone().await.map_err(|_| Error::bug("reading the system's certificates panicked"))?
    }
}

// The provider is named here: a default one would be a global of the program that embeds us.
fn config(roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier = if roots.is_empty() {
        Verifier::new(provider.clone())
    } else {
        Verifier::new_with_extra_roots(roots, provider.clone())
    };
    let verifier = Arc::new(verifier.map_err(unusable)?);
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(unusable)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Returns whether a connection failed because of the server's certificate.
pub(super) fn is_untrusted(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return matches!(tls, rustls::Error::InvalidCertificate(_));
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            // Its own source is that of what it wraps.
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}

fn unusable(error: rustls::Error) -> Error {
    let why = if let rustls::Error::General(why) = error { why } else { error.to_string() };
    Error::new(Code::InvalidInput, format!("no server can be trusted: {why}")).with_hint(
        "Install the certificates that the system trusts, often the package `ca-certificates`, \
         or name a file with them in the variable SSL_CERT_FILE.",
    )
}
