//! The pipeline: a chain of policies that ends in the transport.
//!
//! Every request passes the same policies, the outermost first:
//!
//! 1. **trace** sees the whole call, so that what it reports is what the caller waited for. Further
//!    in, it would report tries as if they were calls.
//! 2. **deadline** ends everything inside it when the run's time is over, waits between tries
//!    included. Inside retry, it would end a try, and retry would begin another one.
//! 3. **settle** waits for an object that was made a moment ago and that not every server knows yet. It
//!    stands outside retry, so that each of its tries may be repeated by itself.
//! 4. **retry** decides whether a failed try is made again. It stands outside throttle, so that a
//!    call that waits to be tried again holds no place in flight; and outside auth, so that each try
//!    has a token that is valid then.
//! 5. **throttle** lets few calls to one mailbox be in flight, and holds back while Graph asked for a
//!    pause. It stands outside auth, because a token that was fetched before a long wait is stale
//!    after it.
//! 6. **auth** gives the call its token and answers a refused token once. Inside origin it would
//!    hand the token to whatever host a redirect names.
//! 7. **origin** looks at the address that the bytes really go to, takes the token off where it must
//!    not go, and follows redirects by hand. Nothing stands between it and the transport, so nothing
//!    can change the address after the check.
//!
//! A policy that a program adds stands around all of these
//! ([`ClientOptions::per_call`](crate::ClientOptions::per_call)), or between retry and throttle
//! ([`ClientOptions::per_try`](crate::ClientOptions::per_try)): it sees each try, holds no place in flight while it
//! waits, and sees no token, which auth adds further in. Observers hear of calls behind trace, and of tries behind
//! throttle.

use std::sync::Arc;

use connector_sdk::{Result, Transport};
use futures_util::future::BoxFuture;

use crate::call::{Call, HttpResponse};
use crate::limits::Limits;
use crate::send;

/// A policy of the pipeline: sees each call on its way out, and its response on the way back.
///
/// An answer of any status is `Ok` here; `Err` means that there is no answer.
///
/// ```
/// use std::sync::Arc;
///
/// use connector_sdk::{ByteStream, Request, Result, Transport, whole};
/// # use connector_sdk::Secret;
/// use futures_util::future::BoxFuture;
/// use graph_client::{Call, Client, HttpResponse, Next, Policy};
/// # use graph_client::{Endpoint, Session, Token, TokenRequest, Tokens};
///
/// /// A policy that says which program sends.
/// struct Named;
///
/// impl Policy for Named {
///     fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
///         call.headers.insert("x-program", http::HeaderValue::from_static("payroll"));
///         next.send(call)
///     }
/// }
///
/// # struct Echo;
/// # #[async_trait::async_trait]
/// # impl Transport for Echo {
/// #     async fn send(&self, request: http::Request<bytes::Bytes>) -> Result<http::Response<ByteStream>> {
/// #         Ok(http::Response::new(whole(request.headers()["x-program"].as_bytes().to_vec())))
/// #     }
/// # }
/// # struct OneToken;
/// # #[async_trait::async_trait]
/// # impl Tokens for OneToken {
/// #     async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
/// #         Token::new(&Secret::new("token"), None)
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let endpoint = Endpoint::new("https://graph.microsoft.com")?;
/// # let session = Session::new("contoso", endpoint, Arc::new(OneToken));
/// # let transport = Arc::new(Echo);
/// let client = Client::builder(transport).policy(Arc::new(Named)).build();
/// let echo = client.send(&Request::get("/me"), &session).await?;
/// assert_eq!(echo.body, "payroll");
/// # Ok(())
/// # }
/// ```
pub trait Policy: Send + Sync {
    /// Handles a call. `next.send(call)` continues; it can be called again, for another attempt. Most of them return
    /// `Box::pin(async move { … })`; one that has nothing to do for a call returns `next.send(call)` as it is.
    ///
    /// # Errors
    /// Its own, and those of what follows.
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>>;
}

/// The rest of the pipeline.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    pub(crate) rest: &'a [Arc<dyn Policy>],
    pub(crate) transport: &'a dyn Transport,
    pub(crate) limits: &'a Limits,
}

impl<'a> Next<'a> {
    /// Passes the call on to the rest of the pipeline.
    ///
    /// It returns the box that the next policy's future lives in anyway. As an `async fn` it would put
    /// the largest of all steps, the exchange, into the future of every policy, and moving those about
    /// was a tenth of what a request cost.
    ///
    /// # Errors
    /// Those of the policies inside, and of the transport.
    pub fn send<'c>(self, call: &'c mut Call<'_>) -> BoxFuture<'c, Result<HttpResponse>>
    where
        'a: 'c,
    {
        match self.rest.split_first() {
            Some((policy, rest)) => policy.send(call, Next { rest, ..self }),
            None => Box::pin(send::send(call, self.transport, self.limits)),
        }
    }
}
