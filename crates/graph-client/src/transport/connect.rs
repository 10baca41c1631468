//! Connections: directly or through a proxy, then TLS.

use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use connector_sdk::Error;
use futures_util::future::BoxFuture;
use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use tower_service::Service;

use super::stream::{ByteStreamToPeer, Stream};
use super::tls::{ALPN, Tls};
use super::{KEEP_ALIVE, is_socks, no_socks};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Connector that opens connections. Each request clones it, so it is one pointer.
#[derive(Clone)]
pub(super) struct Connect(Arc<Inner>);

struct Inner {
    tcp: HttpConnector,
    proxies: Arc<Matcher>,
    tls: Tls,
    // Made with the first address that has TLS.
    secure: OnceLock<HttpsConnector<Route>>,
    time: Duration,
}

impl Connect {
    /// Creates a connector. `time` limits each connection attempt, TLS included.
    pub(super) fn new(tls: Tls, proxies: Matcher, time: Duration) -> Connect {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEP_ALIVE));
        tcp.set_keepalive_interval(Some(KEEP_ALIVE));
        // A name may have many addresses: each has its share of the time.
        tcp.set_connect_timeout(Some(time));
        Connect(Arc::new(Inner { tcp, proxies: Arc::new(proxies), tls, secure: OnceLock::new(), time }))
    }
}

impl Inner {
    async fn connect(&self, to: Uri) -> Result<Stream, Cause> {
        if to.scheme() == Some(&Scheme::HTTP) {
            return Ok(Stream(MaybeHttpsStream::Http(plain(self.tcp.clone(), to).await?)));
        }
        let mut secure = self.secure().await?;
        poll_fn(|cx| secure.poll_ready(cx)).await?;
        secure.call(to).await.map(Stream)
    }

    async fn secure(&self) -> Result<HttpsConnector<Route>, Error> {
        if let Some(secure) = self.secure.get() {
            return Ok(secure.clone());
        }
        let tls = self.tls.config().await?;
        let mut to_graph = tls.clone();
        to_graph.alpn_protocols = ALPN.map(<[u8]>::to_vec).to_vec();
        let to_proxy = HttpsConnector::from((self.tcp.clone(), tls));
        let route = Route { proxies: self.proxies.clone(), tcp: self.tcp.clone(), to_proxy };
        Ok(self.secure.get_or_init(|| HttpsConnector::from((route, to_graph))).clone())
    }
}

impl Service<Uri> for Connect {
    type Response = Stream;
    type Error = Cause;
    type Future = BoxFuture<'static, Result<Stream, Cause>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let inner = self.0.clone();
        Box::pin(async move {
            match tokio::time::timeout(inner.time, inner.connect(to)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(format!("it took longer than {} s", inner.time.as_secs_f64()).into()),
            }
        })
    }
}

async fn plain(mut tcp: HttpConnector, to: Uri) -> Result<ByteStreamToPeer, Cause> {
    poll_fn(|cx| tcp.poll_ready(cx)).await?;
    Ok(MaybeHttpsStream::Http(tcp.call(to).await?))
}

/// Route to an address that has TLS, before the handshake.
#[derive(Clone)]
struct Route {
    proxies: Arc<Matcher>,
    tcp: HttpConnector,
    to_proxy: HttpsConnector<HttpConnector>,
}

impl Service<Uri> for Route {
    type Response = ByteStreamToPeer;
    type Error = Cause;
    type Future = BoxFuture<'static, Result<ByteStreamToPeer, Cause>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.intercept(&to) else {
            return Box::pin(plain(self.tcp.clone(), to));
        };
        if is_socks(&proxy) {
            return Box::pin(async { Err(no_socks().into()) });
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        if let Some(name_and_password) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(name_and_password.clone());
        }
        Box::pin(async move {
            poll_fn(|cx| tunnel.poll_ready(cx)).await?;
            Ok(tunnel.call(to).await?)
        })
    }
}
