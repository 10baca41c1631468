//! The sandbox over HTTP/1.1, with or without TLS.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::{CONTENT_LENGTH, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::before::{Ahead, Before, Preceded};
use crate::sandbox::Outcome;
use crate::tls::Certified;
use crate::{Sandbox, reply};

/// A range of an upload may have 60 MiB, a small file 250 MB.
const LARGEST_BODY: usize = 256 << 20;

/// Time that a client has to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A sandbox that is being served. It ends when this value is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// The root certificate in PEM, if it speaks TLS.
    root: Option<String>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Its origin, such as `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        let scheme = if self.root.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }
    /// Returns the root certificate in PEM that a client has to trust; `None` without TLS.
    pub fn root_certificate(&self) -> Option<&str> {
        self.root.as_deref()
    }
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
    /// Takes no more connections, lets running requests finish for at most five seconds, and ends.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        _ = tokio::time::timeout(Duration::from_secs(5), &mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // the task owns its connections, so they end with it
        self.task.abort();
    }
}

pub(crate) async fn serve(sandbox: Sandbox, address: SocketAddr, tls: Option<Certified>) -> io::Result<Server> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let scheme = if tls.is_some() { "https" } else { "http" };
    let guard = Guard { loopback: address.ip().is_loopback(), scheme };
    let (acceptor, root) = tls.map(|tls| (tls.acceptor, tls.root)).unzip();
    let task = tokio::spawn(accept(sandbox, guard, acceptor, listener, stopped));
    Ok(Server { address, root, stop, task })
}

/// Keeps a page in somebody's browser from giving orders: the sandbox asks nobody for a password.
#[derive(Debug, Clone, Copy)]
struct Guard {
    loopback: bool,
    scheme: &'static str,
}

impl Guard {
    /// What a request is refused with.
    fn refuses(self, headers: &HeaderMap) -> Option<StatusCode> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let host = text(HOST);
        // A page whose name was made to point here (DNS rebinding) still sends its own name.
        if self.loopback && host.is_some_and(|host| !names_this_machine(host)) {
            return Some(StatusCode::MISDIRECTED_REQUEST);
        }
        // Browsers name the page that sends; only our own pages send to us.
        let own = format!("{}://{}", self.scheme, host.unwrap_or_default());
        text(ORIGIN).is_some_and(|origin| !origin.eq_ignore_ascii_case(&own)).then_some(StatusCode::FORBIDDEN)
    }
}

fn names_this_machine(host: &str) -> bool {
    let Ok(host) = host.parse::<Authority>() else { return false };
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn accept(
    sandbox: Sandbox,
    guard: Guard,
    acceptor: Option<TlsAcceptor>,
    listener: TcpListener,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    _ = connections.spawn(greet(sandbox.clone(), guard, acceptor.clone(), stream, stopped.clone()));
                }
                // such as too many open files: it passes
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Agrees on TLS, where it is spoken, and serves the connection.
async fn greet(
    sandbox: Sandbox,
    guard: Guard,
    acceptor: Option<TlsAcceptor>,
    stream: TcpStream,
    mut stopped: watch::Receiver<bool>,
) {
    _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else { return connection(sandbox, guard, stream, stopped).await };
    let agreed = tokio::select! {
        agreed = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)) => {
            agreed.unwrap_or_else(|late| Err(late.into()))
        }
        _ = stopped.changed() => return,
    };
    match agreed {
        Ok(stream) => connection(sandbox, guard, stream, stopped).await,
        // Such as a client that does not trust the root.
        Err(error) => tracing::debug!(%error, "a connection did not agree on TLS"),
    }
}

async fn connection(
    sandbox: Sandbox,
    guard: Guard,
    stream: impl AsyncRead + AsyncWrite + Unpin,
    mut stopped: watch::Receiver<bool>,
) {
    let ahead = Ahead::default();
    let stream = TokioIo::new(Preceded::new(stream, ahead.clone()));
    let service = service_fn(move |request| {
        let (sandbox, ahead) = (sandbox.clone(), ahead.clone());
        async move {
            let answer = respond(sandbox, guard, request).await;
            let before = answer.as_ref().ok().and_then(|answer| answer.extensions().get::<Before>());
            before.into_iter().for_each(|Before(bytes)| ahead.put(bytes));
            answer
        }
    });
    let connection =
        hyper::server::conn::http1::Builder::new().timer(TokioTimer::new()).serve_connection(stream, service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn respond(
    sandbox: Sandbox,
    guard: Guard,
    request: Request<Incoming>,
) -> io::Result<Response<BoxBody<Bytes, io::Error>>> {
    let (parts, body) = request.into_parts();
    if let Some(status) = guard.refuses(&parts.headers) {
        return Ok(reply::empty(status).map(full));
    }
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return Ok(reply::empty(StatusCode::PAYLOAD_TOO_LARGE).map(full));
    };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let origin = format!("{}://{host}", guard.scheme);
    match sandbox.answer(&origin, Request::from_parts(parts, body.to_bytes())).await {
        Outcome::Answer(response) => Ok(response.map(full)),
        Outcome::Broken(mut response, arrives) => {
            // the announced length is that of the whole body
            let length = response.body().len();
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
            let broken = async {
                // hyper sends what it has when the body makes it wait, and nothing when the body fails at once
                tokio::task::yield_now().await;
                Err(io::ErrorKind::BrokenPipe.into())
            };
            let frames = stream::iter([Ok(Frame::data(arrives))]).chain(stream::once(broken));
            Ok(response.map(|_| BoxBody::new(StreamBody::new(frames))))
        }
        // hyper closes the connection of a request that fails
        Outcome::Dropped { .. } => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

fn full(bytes: Bytes) -> BoxBody<Bytes, io::Error> {
    Full::new(bytes).map_err(|never: Infallible| match never {}).boxed()
}
