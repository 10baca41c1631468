//! HTTP/1.1 and HTTP/2 on a socket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use connector_runtime::{Code, Error, Result};
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

/// Address from which a request came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) std::net::IpAddr);

/// Maximum time until the whole head of a request has arrived.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// Maximum time for which a client takes nothing of its answer.
const WRITE_TIME: Duration = Duration::from_secs(60);

/// Maximum number of connections at the same time. More wait until one ends.
const CONNECTIONS: usize = 10_000;

/// Size of the buffer of a connection, which the head of a request must fit into.
const BUFFER: usize = 64 * 1024;

/// Pause after a connection could not be taken, such as when all descriptors are in use.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until `until` is ready, then lets those that are answering finish, at most for `end`.
///
/// # Errors
/// `unavailable` when the socket is gone.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    end: Duration,
    until: impl Future<Output = ()>,
) -> Result<()> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(BUFFER);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(BUFFER as u32).keep_alive_interval(HEAD_TIME);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut until = std::pin::pin!(until);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&listener, &room) => match accepted {
                Ok((stream, address, place)) => (stream, Peer(address.ip()), place),
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = &mut until => break,
        };
        // An answer is mostly one packet, which shall not wait for another.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE_TIME));
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.clone().call(request)
        });
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(Box::pin(stream)), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(end, graceful.shutdown()).await.is_err() {
        tracing::warn!("answers are cut off, because they did not end in time");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = room.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, address, place))
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Binds a socket.
///
/// # Errors
/// `unavailable` when the port is taken or the address is none of this machine.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(Code::Unavailable, format!("cannot listen on {address}"))
            .caused_by(error)
            .with_hint("Choose another port; port 0 takes any free one.")
    })
}
