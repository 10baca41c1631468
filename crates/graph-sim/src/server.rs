//! The sandbox over HTTP/1.1.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::{CONTENT_LENGTH, HOST};
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::sandbox::Outcome;
use crate::{Sandbox, reply};

/// A range of an upload may have 60 MiB, a small file 250 MB.
const LARGEST_BODY: usize = 256 << 20;

/// A sandbox that is being served. It ends when this value is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Its origin, such as `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
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

pub(crate) async fn serve(sandbox: Sandbox, address: SocketAddr) -> io::Result<Server> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(accept(sandbox, listener, stopped));
    Ok(Server { address, stop, task })
}

async fn accept(sandbox: Sandbox, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => _ = connections.spawn(connection(sandbox.clone(), stream, stopped.clone())),
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

async fn connection(sandbox: Sandbox, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
    _ = stream.set_nodelay(true);
    let service = service_fn(move |request| respond(sandbox.clone(), request));
    let connection = hyper::server::conn::http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
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

async fn respond(sandbox: Sandbox, request: Request<Incoming>) -> io::Result<Response<BoxBody<Bytes, io::Error>>> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return Ok(reply::empty(StatusCode::PAYLOAD_TOO_LARGE).map(full));
    };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let origin = format!("http://{host}");
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
