//! The interface to the network.

use std::pin::Pin;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use crate::{Error, Result};

/// Chunks of a body, as they arrive.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// A transport that sends one HTTP request and returns its response, whatever its status.
///
/// It follows no redirect, retries nothing and adds no credential: all that is policy and lives
/// above. An implementation says with [`Error`] what became of the request: `unavailable` means
/// that it certainly was not processed (no connection was made), `outcome_unknown` that it left
/// and the answer was lost.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request` and returns the response.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>>;
}

/// Reads a body to its end, refusing more than `limit` bytes.
///
/// # Errors
/// `protocol` when the body is larger than `limit`; the stream's own error when it breaks off.
pub async fn read_to_end(mut body: ByteStream, limit: usize) -> Result<Bytes> {
    let mut next = async || std::future::poll_fn(|cx| body.as_mut().poll_next(cx)).await.transpose();
    let too_large = || Error::protocol(format!("an answer is larger than {limit} bytes"));
    let Some(first) = next().await? else {
        return Ok(Bytes::new());
    };
    if first.len() > limit {
        return Err(too_large());
    }
    // Most answers are one chunk, and then nothing is copied.
    let Some(second) = next().await? else {
        return Ok(first);
    };
    let mut whole = BytesMut::from(first);
    let mut chunk = second;
    loop {
        if whole.len() + chunk.len() > limit {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
        match next().await? {
            Some(more) => chunk = more,
            None => return Ok(whole.freeze()),
        }
    }
}

/// Returns a stream of a body that is already complete.
pub fn whole(bytes: impl Into<Bytes>) -> ByteStream {
    struct Once(Option<Bytes>);
    impl Stream for Once {
        type Item = Result<Bytes>;
        fn poll_next(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<Bytes>>> {
            std::task::Poll::Ready(self.0.take().map(Ok))
        }
    }
    Box::pin(Once(Some(bytes.into()).filter(|bytes| !bytes.is_empty())))
}
