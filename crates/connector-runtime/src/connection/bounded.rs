//! A transport with time limits: the sign-in service may be silent, and nobody gives a sign-in a deadline.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result, Transport, read_to_end, whole};
use tokio::time::timeout;

use super::renew::REQUEST;

/// Maximum size of a response, in bytes. Those of the sign-in service are a few kilobytes.
const LARGEST: usize = 1 << 20;

/// A transport that reads each response to the end, within [`REQUEST`].
pub(super) struct Bounded(pub(super) Arc<dyn Transport>);

#[async_trait]
impl Transport for Bounded {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let exchange = async {
            let (head, body) = self.0.send(request).await?.into_parts();
            let body = read_to_end(body, LARGEST).await?;
            Ok(http::Response::from_parts(head, whole(body)))
        };
        timeout(REQUEST, exchange).await.unwrap_or_else(|_| Err(silent(REQUEST)))
    }
}

fn silent(time: Duration) -> Error {
    Error::new(Code::Unavailable, format!("no answer came within {} seconds", time.as_secs()))
}

#[cfg(test)]
mod tests {
    use connector_sdk::Result;
    use futures_util::StreamExt;
    use futures_util::stream::{self, pending};
    use tokio::time::Instant;

    use super::*;

    /// A transport that never responds, or with a body that never ends.
    struct Silent {
        answers: bool,
    }

    #[async_trait]
    impl Transport for Silent {
        async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
            if !self.answers {
                std::future::pending::<()>().await;
            }
            let body: ByteStream = Box::pin(stream::iter([Ok(Bytes::from_static(b"{"))]).chain(pending()));
            Ok(http::Response::new(body))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_service_is_left() {
        for answers in [false, true] {
            let began = Instant::now();
            let Err(error) = Bounded(Arc::new(Silent { answers })).send(http::Request::new(Bytes::new())).await else {
                panic!("nothing was answered")
            };
            assert_eq!((error.code(), began.elapsed()), (Code::Unavailable, REQUEST));
        }
    }
}
