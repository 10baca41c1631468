//! What goes over a connection before an answer.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::lock;

/// Bytes that an answer wants to have sent before it: an extension of the response.
#[derive(Debug, Clone)]
pub(crate) struct Before(pub(crate) String);

/// The bytes that are to be sent before the next ones of a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ahead(Arc<Mutex<Vec<u8>>>);

impl Ahead {
    /// Puts bytes before what is written next. There is nothing left of an earlier answer by then, because a client
    /// sends its next request when it has the answer to the last one.
    pub(crate) fn put(&self, bytes: &str) {
        lock(&self.0).extend_from_slice(bytes.as_bytes());
    }
}

/// A connection on which something may go ahead.
#[derive(Debug)]
pub(crate) struct Preceded<S> {
    stream: S,
    ahead: Ahead,
}

impl<S: AsyncWrite + Unpin> Preceded<S> {
    pub(crate) fn new(stream: S, ahead: Ahead) -> Preceded<S> {
        Preceded { stream, ahead }
    }

    fn poll_ahead(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut ahead = lock(&self.ahead.0);
        while !ahead.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &ahead))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            ahead.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Preceded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Preceded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_ahead(cx))?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_ahead(cx))?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
