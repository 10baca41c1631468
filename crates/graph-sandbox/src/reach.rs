//! The only way out of the sandbox: a POST to an endpoint on this machine.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::{Host, Url};

/// Whether a URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    !addresses(url).is_empty()
}

/// The addresses of this machine that a URL names. No name is looked up, so none can lead elsewhere.
fn addresses(url: &Url) -> Vec<SocketAddr> {
    let port = url.port_or_known_default().unwrap_or(80);
    match url.host() {
        Some(Host::Ipv4(address)) if address.is_loopback() => vec![(address, port).into()],
        Some(Host::Ipv6(address)) if address.is_loopback() => vec![(address, port).into()],
        Some(Host::Domain("localhost")) => vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()],
        _ => Vec::new(),
    }
}

/// Why nothing can be sent to a URL; `None` if it can.
pub(crate) fn refuses(url: &str) -> Option<&'static str> {
    match Url::parse(url) {
        Ok(url) if !is_loopback(&url) => Some("The host is not this machine."),
        Ok(url) if url.scheme() != "http" => Some("The sandbox sends over http only."),
        Ok(_) => None,
        Err(_) => Some("The URL cannot be read."),
    }
}

/// POSTs to an `http` URL on this machine, on a connection of its own, and reads at most `largest` bytes of the answer.
///
/// # Errors
/// Why there is no answer.
pub(crate) async fn post(url: &Url, media: &str, body: Bytes, largest: usize) -> Result<Response<Bytes>, String> {
    let unreachable = || "The notification URL cannot be reached.".to_owned();
    let mut stream = Err("The host is not this machine.".to_owned());
    for address in addresses(url) {
        stream = TcpStream::connect(address).await.map_err(|_| unreachable());
        if stream.is_ok() {
            break;
        }
    }
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream?)).await.map_err(|_| unreachable())?;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = Request::post(path)
        .header(HOST, &url[url::Position::BeforeHost..url::Position::AfterPort])
        .header(CONTENT_TYPE, media)
        .body(Full::new(body))
        .map_err(|_| unreachable())?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(|_| unreachable())?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, largest).collect().await.map_err(|_| "The answer is too large.".to_owned())?;
        Ok::<_, String>(Response::from_parts(parts, body.to_bytes()))
    };
    tokio::pin!(connection);
    tokio::pin!(exchange);
    // The connection has to be driven until the answer is there.
    tokio::select! {
        biased;
        answer = &mut exchange => answer,
        _ = &mut connection => exchange.await,
    }
}
