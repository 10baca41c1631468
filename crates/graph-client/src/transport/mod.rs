//! The transport over the network. Only this folder names an HTTP client or TLS.

mod address_rules;
mod connect;
mod guarded;
mod stream;
mod tls;
mod usual;
#[cfg(feature = "reqwest")]
mod with_reqwest;

use std::error::Error as StdError;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result, Retry, Transport};
use futures_util::TryStreamExt;
use http::header::USER_AGENT;
use http::{HeaderValue, Uri};
use http_body_util::{BodyDataStream, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use self::connect::Connect;
use self::tls::Tls;

pub use self::address_rules::AddressRules;
pub use self::guarded::{GuardedTransport, GuardedTransportBuilder, Resolver};
pub use self::usual::usual_transport;
#[cfg(feature = "reqwest")]
pub use self::with_reqwest::ReqwestTransport;
/// HTTP client that [`ReqwestTransport`] sends with, in the version that it accepts.
#[cfg(feature = "reqwest")]
pub use reqwest::Client as ReqwestClient;

/// Maximum number of idle connections to one host.
const IDLE_CONNECTIONS: usize = 64;
/// Time after which an idle connection is closed.
const IDLE: Duration = Duration::from_secs(90);
/// Silence after which a connection is probed, so that a firewall does not forget it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Returns the redirect policy that a [`ReqwestClient`] must be built with: it follows none, which the pipeline does.
#[cfg(feature = "reqwest")]
pub fn no_redirects() -> reqwest::redirect::Policy {
    reqwest::redirect::Policy::none()
}

/// A transport over HTTP/1.1 and HTTP/2 with TCP and TLS, and a pool of connections.
///
/// It trusts what the operating system trusts, and reaches `https` addresses through the proxy that the
/// environment names (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), if it is one over HTTP. Plain `http` goes without one:
/// only loopback addresses are reached that way.
///
/// It follows no redirects and repeats nothing that may have arrived: both are policies, and live above.
#[derive(Clone)]
pub struct HttpTransport {
    client: Client<Connect, Full<Bytes>>,
    user_agent: HeaderValue,
}

/// A builder of an [`HttpTransport`] with settings of its own.
pub struct HttpTransportBuilder {
    roots: Vec<CertificateDer<'static>>,
    proxies: Option<Matcher>,
    connect_timeout: Duration,
    user_agent: String,
}

impl HttpTransportBuilder {
    /// Adds trusted root certificates: one or many, in PEM form.
    ///
    /// # Errors
    /// `invalid_input` when there is none in it.
    pub fn root_pem(mut self, pem: &[u8]) -> Result<HttpTransportBuilder> {
        let roots: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<std::result::Result<_, _>>()
            .map_err(|error| Error::invalid("", format!("a root certificate cannot be read: {error}")))?;
        if roots.is_empty() {
            return Err(Error::invalid("", "a root certificate file holds no certificate"));
        }
        self.roots.extend(roots);
        Ok(self)
    }

    /// Adds a trusted root certificate in DER form. It is validated when the transport is built.
    #[must_use]
    pub fn root_der(mut self, der: &[u8]) -> HttpTransportBuilder {
        self.roots.push(CertificateDer::from(der.to_vec()));
        self
    }

    /// Sets the proxy for `https` addresses, replacing the one that the environment names, such as
    /// `http://name:password@proxy.contoso.com:8080`. Its own scheme is `http` or `https`; for a `ReqwestTransport`
    /// (feature `reqwest`) also `socks5` or `socks5h`, which leaves it to the proxy to look up names.
    ///
    /// # Errors
    /// `invalid_input` when it is not the address of a proxy.
    pub fn proxy(mut self, url: &str) -> Result<HttpTransportBuilder> {
        let proxies = Matcher::builder().https(url).build();
        let scheme = proxy_of(&proxies).and_then(|proxy| proxy.uri().scheme_str().map(str::to_owned));
        if !matches!(scheme.as_deref(), Some("http" | "https" | "socks5" | "socks5h")) {
            // It may hold a password.
            return Err(Error::invalid("", "this is not the address of a proxy"));
        }
        self.proxies = Some(proxies);
        Ok(self)
    }

    /// Sets the time limit for making a connection, TLS included; the default is 10 seconds.
    #[must_use]
    pub fn connect_timeout(mut self, time: Duration) -> HttpTransportBuilder {
        self.connect_timeout = time;
        self
    }

    /// Sets the `User-Agent` header; the default is `tenon/` and the version.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> HttpTransportBuilder {
        self.user_agent = name.into();
        self
    }

    /// Builds the transport. What the operating system trusts is read on a thread of its own; the first handshake waits
    /// for it, and fails with `invalid_input` when none of it can be used.
    ///
    /// # Errors
    /// `invalid_input` when the user agent or a certificate that was given cannot be used, or the proxy is a SOCKS
    /// proxy.
    pub fn build(self) -> Result<HttpTransport> {
        let user_agent = self.agent()?;
        if self.proxies.as_ref().is_some_and(needs_socks) {
            return Err(no_socks());
        }
        let connect =
            Connect::new(Tls::load(self.roots)?, self.proxies.unwrap_or_else(Matcher::from_env), self.connect_timeout);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(connect);
        Ok(HttpTransport { client, user_agent })
    }

    /// Builds a transport with these settings over reqwest.
    ///
    /// # Errors
    /// As [`HttpTransportBuilder::build`]; SOCKS proxies can be used.
    #[cfg(feature = "reqwest")]
    pub fn build_reqwest(self) -> Result<ReqwestTransport> {
        ReqwestTransport::build(self)
    }

    fn agent(&self) -> Result<HeaderValue> {
        HeaderValue::try_from(&self.user_agent)
            .map_err(|_| Error::invalid("", "the user agent has characters that a header cannot carry"))
    }
}

/// Returns the proxy for https addresses, except for those that are exempt.
fn proxy_of(proxies: &Matcher) -> Option<Intercept> {
    // A name that nobody would except.
    proxies.intercept(&Uri::from_static("https://tenon.invalid"))
}

fn needs_socks(proxies: &Matcher) -> bool {
    proxy_of(proxies).is_some_and(|proxy| is_socks(&proxy))
}

fn is_socks(proxy: &Intercept) -> bool {
    proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks"))
}

fn no_socks() -> Error {
    Error::new(Code::InvalidInput, "this transport cannot go through a SOCKS proxy; nothing was sent")
        .with_hint("Use the transport over reqwest (feature `reqwest`), or name an http or https proxy.")
}

impl HttpTransport {
    /// Creates a transport with default settings; see [`HttpTransportBuilder::build`].
    ///
    /// # Errors
    /// `bug` when no thread can be started.
    pub fn new() -> Result<HttpTransport> {
        HttpTransport::builder().build()
    }

    /// Creates a builder for a transport with settings of its own.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use graph_client::HttpTransport;
    ///
    /// let builder = HttpTransport::builder().user_agent("payroll/1.0").connect_timeout(Duration::from_secs(5));
    /// assert!(builder.proxy("http://proxy.contoso.example:8080").unwrap().build().is_ok());
    /// assert!(HttpTransport::builder().user_agent("two\nlines").build().is_err());
    /// ```
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder {
            roots: Vec::new(),
            proxies: None,
            connect_timeout: Duration::from_secs(10),
            user_agent: concat!("tenon/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let mut request = request.map(Full::new);
        request.headers_mut().entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
        let response = self.client.request(request).await.map_err(failed)?;
        Ok(response.map(|body| -> ByteStream {
            Box::pin(BodyDataStream::new(body).map_err(|error| unknown("an answer broke off", error)))
        }))
    }
}

fn failed(error: hyper_util::client::legacy::Error) -> Error {
    if let Some(ours) = error.source().and_then(<dyn StdError>::downcast_ref::<Error>) {
        return ours.clone();
    }
    if error.is_connect() { unconnected(error) } else { unknown("the connection broke before the answer came", error) }
}

// The outermost cause says little; what happened is at the bottom. None of them tells the URL, which may hold
// addresses and search terms.

/// Creates the error for a request of which nothing was processed.
fn unconnected(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    let cause = cause.into();
    if tls::is_untrusted(&*cause) {
        // It does not pass by itself, and nothing was sent.
        return Error::new(Code::Unavailable, "the server's certificate is not trusted; nothing was sent")
            .caused_by(cause)
            .retry(Retry::Never)
            .with_hint(
                "Check the address and the clock. If a proxy of your network opens TLS, have its root certificate trusted: \
             install it, or name a file with it in the variable SSL_CERT_FILE.",
            );
    }
    Error::new(Code::Unavailable, "no connection could be made")
        .caused_by(cause)
        .with_hint("Check the network, the proxy and the address of Graph.")
}

/// Creates the error for a request that may have been processed.
fn unknown(what: &str, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::new(Code::OutcomeUnknown, what).caused_by(cause)
}
