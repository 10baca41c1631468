//! Making a connection: directly or through a proxy, then TLS.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use rustls::ClientConfig;
use tower_service::Service;

use super::stream::{Stream, Way};

/// A connection that is silent for so long is asked whether it still lives, so that a firewall does not forget it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Makes connections. Each request clones it, so it is one pointer.
#[derive(Clone)]
pub(super) struct Connect(Arc<Inner>);

struct Inner {
    secure: HttpsConnector<Route>,
    time: Duration,
}

impl Connect {
    /// `time`: how long it may take, TLS included.
    pub(super) fn new(tls: ClientConfig, proxies: Matcher, time: Duration) -> Connect {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEP_ALIVE));
        tcp.set_keepalive_interval(Some(KEEP_ALIVE));
        // A name may have many addresses: each has its share of the time.
        tcp.set_connect_timeout(Some(time));
        let mut to_graph = tls.clone();
        to_graph.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let to_proxy = HttpsConnector::from((tcp.clone(), tls));
        let route = Route { proxies: Arc::new(proxies), tcp, to_proxy };
        Connect(Arc::new(Inner { secure: HttpsConnector::from((route, to_graph)), time }))
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
        let (mut secure, time) = (self.0.secure.clone(), self.0.time);
        Box::pin(async move {
            let work = async {
                poll_fn(|cx| secure.poll_ready(cx)).await?;
                secure.call(to).await
            };
            match tokio::time::timeout(time, work).await {
                Ok(outcome) => outcome.map(Stream),
                Err(_) => Err(format!("it took longer than {} s", time.as_secs_f64()).into()),
            }
        })
    }
}

/// The way to an address, before TLS.
#[derive(Clone)]
struct Route {
    proxies: Arc<Matcher>,
    tcp: HttpConnector,
    to_proxy: HttpsConnector<HttpConnector>,
}

impl Service<Uri> for Route {
    type Response = Way;
    type Error = Cause;
    type Future = BoxFuture<'static, Result<Way, Cause>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let proxy = if to.scheme() == Some(&Scheme::HTTPS) { self.proxies.intercept(&to) } else { None };
        let Some(proxy) = proxy else {
            let mut tcp = self.tcp.clone();
            return Box::pin(async move {
                poll_fn(|cx| tcp.poll_ready(cx)).await?;
                Ok(MaybeHttpsStream::Http(tcp.call(to).await?))
            });
        };
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
