//! The callback of the browser: one loopback listener for one sign-in.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{Code, Error, Result};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;

/// Maximum time to wait for a person; the sign-in itself is over by then too.
const PATIENCE: Duration = Duration::from_secs(600);

const PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tenon</title></head>\
    <body><p>You can close this window and go back to the terminal, which says how the sign-in ended.</p></body></html>";

/// A listener for the callback.
pub(super) struct Callback {
    // `localhost` may mean either family, and the browser chooses.
    listeners: Vec<TcpListener>,
    address: Url,
}

impl Callback {
    /// Listens on a free port of this machine, or where `redirect` says if that is on this machine.
    ///
    /// # Errors
    /// `invalid_input` when the address is not on this machine or its port is taken.
    pub(super) async fn listen(redirect: Option<Url>) -> Result<Callback> {
        let refuse = |why: String| Error::invalid("/redirectUri", why);
        let mut address = match redirect {
            Some(redirect) => redirect,
            None => Url::parse("http://localhost").map_err(|error| refuse(format!("is not a URL: {error}")))?,
        };
        let hosts: Vec<std::net::IpAddr> = match address.host() {
            Some(url::Host::Domain("localhost")) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            Some(url::Host::Ipv4(host)) if host.is_loopback() => vec![host.into()],
            Some(url::Host::Ipv6(host)) if host.is_loopback() => vec![host.into()],
            _ => {
                return Err(refuse(
                    "must be an address of this machine, such as http://localhost, so that this program receives the answer"
                        .to_owned(),
                ));
            }
        };
        let mut port = address.port().unwrap_or(0);
        let mut listeners = Vec::new();
        for host in hosts {
            match TcpListener::bind(SocketAddr::new(host, port)).await {
                Ok(listener) => {
                    port = listener.local_addr().map_or(port, |address| address.port());
                    listeners.push(listener);
                }
                // A machine without IPv6 has only the other one.
                Err(error) if listeners.is_empty() => {
                    return Err(refuse(format!("cannot be opened for listening at {host}: {error}")));
                }
                Err(_) => {}
            }
        }
        let _ = address.set_port(Some(port));
        Ok(Callback { listeners, address })
    }

    /// Returns the redirect URI, where the browser must return.
    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    /// Waits for the callback that `is_ours` and returns its query. Others get a response and are ignored, so that a
    /// stranger's callback cannot end the sign-in.
    pub(super) async fn wait(self, is_ours: impl Fn(&str) -> bool) -> Result<String> {
        let (sender, mut queries) = mpsc::channel::<String>(8);
        let mut servers = tokio::task::JoinSet::new();
        for listener in self.listeners {
            let (sender, path) = (sender.clone(), self.address.path().to_owned());
            servers.spawn(async move { serve(listener, path, sender).await });
        }
        let answer = async {
            while let Some(query) = queries.recv().await {
                if is_ours(&query) {
                    return Ok(query);
                }
            }
            Err(Error::bug("the listener for the sign-in ended"))
        };
        let query = tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| {
            Err(Error::new(Code::NotConnected, "the browser did not return within ten minutes")
                .with_hint("Start the sign-in again."))
        });
        // The page is on its way to the browser.
        tokio::time::sleep(Duration::from_millis(100)).await;
        query
    }
}

async fn serve(listener: TcpListener, path: String, sender: mpsc::Sender<String>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (sender, path) = (sender.clone(), path.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let (sender, path) = (sender.clone(), path.clone());
                async move { Ok::<_, std::convert::Infallible>(answer(&request, &path, &sender).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // Whatever a stranger sends us, the next one is served.
            let _ = tokio::time::timeout(Duration::from_secs(10), connection).await;
        });
    }
}

// Nothing that came in is shown, so nothing can be injected; and the page may do nothing.
async fn answer(
    request: &Request<hyper::body::Incoming>,
    path: &str,
    sender: &mpsc::Sender<String>,
) -> Response<Full<Bytes>> {
    let ours = request.method() == hyper::Method::GET && request.uri().path() == path;
    let status = match (ours, request.uri().query()) {
        (true, Some(query)) => {
            let _ = sender.send(query.to_owned()).await;
            200
        }
        _ => 404,
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "text/html; charset=utf-8")
        .header("content-security-policy", "default-src 'none'")
        .header("referrer-policy", "no-referrer")
        .header("x-content-type-options", "nosniff")
        .header("cache-control", "no-store")
        .header("connection", "close");
    let page = if status == 200 { PAGE } else { "" };
    response.body(Full::new(Bytes::from_static(page.as_bytes()))).unwrap_or_default()
}
