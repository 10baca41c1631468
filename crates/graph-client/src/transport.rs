//! The transport over the network. This is the one file that names reqwest and rustls.

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result, Transport};
use futures_util::TryStreamExt;
use reqwest::{Certificate, redirect, retry};

use crate::exchange::Address;

/// HTTP/1.1 and HTTP/2 over TCP and TLS, with a pool of connections.
///
/// It trusts what the operating system trusts, and uses the proxy that the environment names
/// (`HTTPS_PROXY`, `NO_PROXY`).
#[derive(Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
}

/// Makes a [`ReqwestTransport`] that differs from the usual one.
#[derive(Debug)]
pub struct ReqwestTransportBuilder {
    roots: Vec<Certificate>,
    connect_timeout: Duration,
    idle: usize,
    user_agent: String,
}

impl ReqwestTransportBuilder {
    /// Trusts these certificates too: one or many, PEM.
    ///
    /// # Errors
    /// `invalid_input` when there is none in it.
    pub fn root_pem(mut self, pem: &[u8]) -> Result<ReqwestTransportBuilder> {
        let roots = Certificate::from_pem_bundle(pem).map_err(|error| bad_root(&error))?;
        if roots.is_empty() {
            return Err(Error::invalid("", "a root certificate file holds no certificate"));
        }
        self.roots.extend(roots);
        Ok(self)
    }

    /// Trusts this certificate too: DER.
    ///
    /// # Errors
    /// `invalid_input` when it is not one.
    pub fn root_der(mut self, der: &[u8]) -> Result<ReqwestTransportBuilder> {
        self.roots.push(Certificate::from_der(der).map_err(|error| bad_root(&error))?);
        Ok(self)
    }

    /// How long making a connection may take; 10 seconds unless changed.
    pub fn connect_timeout(mut self, time: Duration) -> ReqwestTransportBuilder {
        self.connect_timeout = time;
        self
    }

    /// How many idle connections are kept for each host; 64 unless changed.
    pub fn idle_connections(mut self, most: usize) -> ReqwestTransportBuilder {
        self.idle = most;
        self
    }

    /// What the `User-Agent` header says; `tenon/` and the version unless changed.
    pub fn user_agent(mut self, name: impl Into<String>) -> ReqwestTransportBuilder {
        self.user_agent = name.into();
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// `invalid_input` when the user agent or a certificate cannot be used.
    pub fn build(self) -> Result<ReqwestTransport> {
        // Without a provider the first connection would panic. Another one that the program has
        // installed stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(self.user_agent)
            .connect_timeout(self.connect_timeout)
            .pool_max_idle_per_host(self.idle)
            .tls_certs_merge(self.roots)
            // Redirects and repetition are policies, and live above.
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .build()
            .map_err(|error| Error::invalid("", format!("the network cannot be used: {}", reasons(&error))))?;
        Ok(ReqwestTransport { client })
    }
}

fn bad_root(error: &reqwest::Error) -> Error {
    Error::invalid("", format!("a root certificate cannot be read: {}", reasons(error)))
}

impl ReqwestTransport {
    /// The usual transport.
    ///
    /// # Errors
    /// `invalid_input` when the system's certificates cannot be used.
    pub fn new() -> Result<ReqwestTransport> {
        ReqwestTransport::builder().build()
    }

    /// A transport with settings of its own.
    pub fn builder() -> ReqwestTransportBuilder {
        ReqwestTransportBuilder {
            roots: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            idle: 64,
            user_agent: concat!("tenon/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let request = convert(request)?;
        let mut answer = self.client.execute(request).await.map_err(|error| failed(error, "be sent"))?;
        let mut response = http::Response::new(());
        *response.status_mut() = answer.status();
        *response.version_mut() = answer.version();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        let broken =
            |error: reqwest::Error| Error::new(Code::OutcomeUnknown, format!("an answer broke off: {}", reasons(&error.without_url())));
        let body: ByteStream = Box::pin(answer.bytes_stream().map_err(broken));
        Ok(response.map(|()| body))
    }
}

fn convert(request: http::Request<Bytes>) -> Result<reqwest::Request> {
    let (mut parts, body) = request.into_parts();
    let Some(Address(url)) = parts.extensions.remove() else {
        return reqwest::Request::try_from(http::Request::from_parts(parts, body)).map_err(|error| failed(error, "be made"));
    };
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

fn failed(error: reqwest::Error, what: &str) -> Error {
    // The URL may hold addresses and search terms.
    let error = error.without_url();
    let why = reasons(&error);
    if error.is_builder() {
        Error::invalid("", format!("the request could not {what}: {why}"))
    } else if error.is_connect() {
        Error::new(Code::Unavailable, format!("no connection could be made: {why}"))
            .hint("Check the network, the proxy and the address of Graph.")
    } else {
        Error::new(Code::OutcomeUnknown, format!("the connection broke before the answer came: {why}"))
    }
}

// The outermost of reqwest's errors says little; what happened is at the bottom.
fn reasons(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            let _ = write!(text, ": {cause_text}");
        }
        source = cause.source();
    }
    text
}
