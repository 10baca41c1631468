//! A transport for addresses that somebody else has chosen.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io, vec};

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result, Transport};
use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use http::header::USER_AGENT;
use http::uri::Scheme;
use http::{HeaderValue, Uri};
use http_body_util::{BodyDataStream, Full};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tower_service::Service;
use url::Url;

use super::address_rules::{AddressRules, Needed};
use super::tls::{ALPN, Tls};
use super::{IDLE, IDLE_CONNECTIONS, KEEP_ALIVE};

type Cause = Box<dyn StdError + Send + Sync>;

/// Time limit for making a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// A resolver of host names.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// Returns the addresses of a host.
    ///
    /// # Errors
    /// Whatever makes it impossible.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// A transport for addresses that somebody else has chosen, such as those of webhooks.
///
/// It connects to what its [`AddressRules`] let pass. Names are resolved and their addresses checked for each connection,
/// and the connection goes to the addresses that were checked: a name that means another host a moment later has nothing
/// to gain. It uses no proxy, which would resolve names by itself, and follows no redirects.
///
/// An error has one of these reasons: `address` (refused), `dns`, `refused` (the connection), `tls`, `timeout` and
/// `connect` are about requests of which nothing was processed; `broken_off` about one that may have been.
#[derive(Clone)]
pub struct GuardedTransport {
    client: Client<GuardedConnect, Full<Bytes>>,
    rules: Arc<AddressRules>,
    user_agent: HeaderValue,
}

/// A builder of a [`GuardedTransport`].
#[must_use]
pub struct GuardedTransportBuilder {
    rules: AddressRules,
    roots: Vec<CertificateDer<'static>>,
    resolver: Arc<dyn Resolver>,
    connect_timeout: Duration,
}

impl GuardedTransport {
    /// Creates a builder.
    ///
    /// ```
    /// use graph_client::{AddressRules, GuardedTransport};
    ///
    /// let rules = AddressRules::default().allow("10.1.0.0/16").unwrap();
    /// assert!(GuardedTransport::builder(rules).build().is_ok());
    /// ```
    pub fn builder(rules: AddressRules) -> GuardedTransportBuilder {
        GuardedTransportBuilder {
            rules,
            roots: Vec::new(),
            resolver: Arc::new(SystemResolver),
            connect_timeout: CONNECT,
        }
    }
}

impl GuardedTransportBuilder {
    /// Adds a trusted root certificate in DER form.
    pub fn root_der(mut self, der: &[u8]) -> GuardedTransportBuilder {
        self.roots.push(CertificateDer::from(der.to_vec()));
        self
    }

    /// Sets the resolver of names, replacing the system's.
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> GuardedTransportBuilder {
        self.resolver = resolver;
        self
    }

    /// Sets the time limit for making a connection, TLS included; the default is 10 seconds.
    pub fn connect_timeout(mut self, time: Duration) -> GuardedTransportBuilder {
        self.connect_timeout = time;
        self
    }

    /// Builds the transport. What the operating system trusts is read on a thread of its own.
    ///
    /// # Errors
    /// `invalid_input` when a certificate that was given cannot be used.
    pub fn build(self) -> Result<GuardedTransport> {
        let rules = Arc::new(self.rules);
        let tcp = |is_https| {
            let needed = rules.needed(is_https);
            let resolver = CheckedResolver { names: self.resolver.clone(), rules: rules.clone(), needed };
            let mut tcp = HttpConnector::new_with_resolver(resolver);
            tcp.enforce_http(false);
            tcp.set_nodelay(true);
            tcp.set_keepalive(Some(KEEP_ALIVE));
            tcp.set_keepalive_interval(Some(KEEP_ALIVE));
            tcp.set_connect_timeout(Some(self.connect_timeout));
            tcp
        };
        let connect = GuardedConnect(Arc::new(Inner {
            below_tls: tcp(true),
            plain: tcp(false),
            tls: Tls::load(self.roots)?,
            secure: OnceLock::new(),
            time: self.connect_timeout,
        }));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(connect);
        let user_agent = HeaderValue::from_static(concat!("tenon/", env!("CARGO_PKG_VERSION")));
        Ok(GuardedTransport { client, rules, user_agent })
    }
}

#[async_trait]
impl Transport for GuardedTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let mut request = request.map(Full::new);
        // What is checked is what is connected to: the URL is written anew as it was understood.
        let url = Url::parse(&request.uri().to_string()).map_err(|_| refused())?;
        self.rules.check(&url).map_err(|error| refused().caused_by(error))?;
        *request.uri_mut() = url.as_str().parse().map_err(|_| refused())?;
        request.headers_mut().entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
        let response = self.client.request(request).await.map_err(|error| failed(&error))?;
        Ok(response.map(|body| -> ByteStream { Box::pin(BodyDataStream::new(body).map_err(|_| broken_off())) }))
    }
}

/// Connector that opens connections. Each request clones it, so it is one pointer.
#[derive(Clone)]
struct GuardedConnect(Arc<Inner>);

struct Inner {
    below_tls: HttpConnector<CheckedResolver>,
    plain: HttpConnector<CheckedResolver>,
    tls: Tls,
    // Made with the first address that has TLS.
    secure: OnceLock<HttpsConnector<HttpConnector<CheckedResolver>>>,
    time: Duration,
}

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

impl Inner {
    async fn connect(&self, to: Uri) -> std::result::Result<Stream, Cause> {
        if to.scheme() == Some(&Scheme::HTTP) {
            let mut plain = self.plain.clone();
            poll_fn(|cx| plain.poll_ready(cx)).await?;
            return Ok(MaybeHttpsStream::Http(plain.call(to).await?));
        }
        let mut secure = self.secure().await?;
        poll_fn(|cx| secure.poll_ready(cx)).await?;
        secure.call(to).await
    }

    async fn secure(&self) -> Result<HttpsConnector<HttpConnector<CheckedResolver>>> {
        if let Some(secure) = self.secure.get() {
            return Ok(secure.clone());
        }
        let mut tls = self.tls.config().await?;
        tls.alpn_protocols = ALPN.map(<[u8]>::to_vec).to_vec();
        Ok(self.secure.get_or_init(|| HttpsConnector::from((self.below_tls.clone(), tls))).clone())
    }
}

impl Service<Uri> for GuardedConnect {
    type Response = Stream;
    type Error = Cause;
    type Future = BoxFuture<'static, std::result::Result<Stream, Cause>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let inner = self.0.clone();
        Box::pin(async move {
            let connected = tokio::time::timeout(inner.time, inner.connect(to)).await;
            connected.unwrap_or_else(|_| Err(Late.into()))
        })
    }
}

/// A connection that was not made in time.
#[derive(Debug)]
struct Late;

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no connection was made in time")
    }
}

impl StdError for Late {}

/// Resolver of the operating system.
struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Resolver that returns addresses which may be connected to, and otherwise none.
#[derive(Clone)]
struct CheckedResolver {
    names: Arc<dyn Resolver>,
    rules: Arc<AddressRules>,
    needed: Needed,
}

impl Service<Name> for CheckedResolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<vec::IntoIter<SocketAddr>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let Self { names, rules, needed } = self.clone();
        Box::pin(async move {
            let found = names.resolve(name.as_str()).await.unwrap_or_default();
            if found.is_empty() {
                return Err(nothing_sent("the name of the host was not found", "dns"));
            }
            // One private address among public ones is no mistake that a public host makes.
            if !found.iter().all(|address| rules.is_fit(*address, needed)) {
                return Err(refused());
            }
            Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect::<Vec<_>>().into_iter())
        })
    }
}

// What is told says nothing about the network behind: it reaches whoever has chosen the address.

fn failed(error: &hyper_util::client::legacy::Error) -> Error {
    let is_connect = error.is_connect();
    for cause in Causes(Some(error)) {
        if let Some(ours) = cause.downcast_ref::<Error>() {
            return ours.clone();
        }
        if cause.is::<rustls::Error>() && is_connect {
            return nothing_sent("no connection with TLS could be made", "tls");
        }
        if cause.is::<Late>() {
            return nothing_sent("no connection was made in time", "timeout");
        }
        match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return nothing_sent("the connection was refused", "refused"),
            Some(io::ErrorKind::TimedOut) if is_connect => {
                return nothing_sent("no connection was made in time", "timeout");
            }
            _ => {}
        }
    }
    if is_connect { nothing_sent("no connection could be made", "connect") } else { broken_off() }
}

fn refused() -> Error {
    Error::new(Code::Denied, "the address may not be connected to; nothing was sent")
        .with_reason("address")
        .with_hint("Use a public https address, or have its range allowed by whoever runs this host.")
}

fn nothing_sent(message: &str, reason: &'static str) -> Error {
    Error::new(Code::Unavailable, message).with_reason(reason)
}

fn broken_off() -> Error {
    Error::new(Code::OutcomeUnknown, "the connection broke off").with_reason("broken_off")
}

/// An error and its causes, also those within an error of input and output.
struct Causes<'a>(Option<&'a (dyn StdError + 'static)>);

impl<'a> Iterator for Causes<'a> {
    type Item = &'a (dyn StdError + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let this = self.0?;
        self.0 = match this.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => this.source(),
        };
        Some(this)
    }
}
