//! The client: one pipeline for the requests of all connections.

use std::sync::Arc;

use connector_sdk::{Error, Request, Response, Result, Transport};

use crate::build_call::build_call;
use crate::call::{Call, HttpResponse};
use crate::limits::{Limits, RetryPolicy};
use crate::pipeline::{Next, Policy};
use crate::policies::Observed;
use crate::policies::{Auth, Deadline, OriginPolicy, ReplicationLag, Retrying, Throttle, Trace};
use crate::{ClientOptions, Session, SharedLimits, journal, policies, redact};

/// Returns a success, with its error if its body is an error: the call's secrets are removed from that, and what must
/// not be sent twice may have been carried out.
pub(crate) fn failed(call: &Call<'_>, mut answer: Response) -> (Response, Option<Error>) {
    if !call.routing.to_graph || Error::in_success(&answer).is_none() {
        return (answer, None);
    }
    redact::redact(&redact::redactor(call), &mut answer.headers, &mut answer.body);
    let error = Error::in_success(&answer).unwrap_or_else(|| Error::from_response(&answer));
    let error = if call.request.options().is_idempotent() { error } else { policies::unknown(error) };
    (answer, Some(error))
}

/// A client that sends requests and runs plans.
///
/// It is cheap to clone, and clones share what they know: one client for a process keeps Graph's
/// limits for all of its connections.
///
/// ```
/// use std::sync::Arc;
///
/// use connector_sdk::{ByteStream, Request, Result, Transport, whole};
/// # use connector_sdk::Secret;
/// use graph_client::Client;
/// # use graph_client::{Endpoint, Session, Token, TokenRequest, Tokens};
///
/// /// A transport that answers each request with the same user.
/// struct Scripted;
///
/// #[async_trait::async_trait]
/// impl Transport for Scripted {
///     async fn send(&self, request: http::Request<bytes::Bytes>) -> Result<http::Response<ByteStream>> {
///         assert_eq!(request.uri(), "https://graph.microsoft.com/v1.0/me");
///         Ok(http::Response::new(whole(r#"{"id":"u1"}"#)))
///     }
/// }
///
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
/// let client = Client::new(Arc::new(Scripted));
/// let me: serde_json::Value = client.run(Request::get("/me").decode(), &session, &mut Vec::new()).await?;
/// assert_eq!(me["id"], "u1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    transport: Arc<dyn Transport>,
    chain: Vec<Arc<dyn Policy>>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) replication_lag: ReplicationLag,
    pub(crate) limits: Limits,
    pub(crate) retries: RetryPolicy,
}

/// A builder of a [`Client`] with settings of its own.
pub struct ClientBuilder {
    transport: Arc<dyn Transport>,
    options: ClientOptions,
}

impl ClientBuilder {
    /// Sets the retry policy.
    pub fn retries(mut self, retries: RetryPolicy) -> ClientBuilder {
        self.options.retries = retries;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> ClientBuilder {
        self.options.limits = limits;
        self
    }

    /// Sets the limits that other clients keep too.
    pub fn shared_limits(mut self, limits: Arc<dyn SharedLimits>) -> ClientBuilder {
        self.options.shared_limits = Some(limits);
        self
    }

    /// Adds a policy around the pipeline; the one added last is the outermost.
    pub fn policy(mut self, policy: Arc<dyn Policy>) -> ClientBuilder {
        self.options.per_call.push(policy);
        self
    }

    /// Replaces all options.
    pub fn options(mut self, options: ClientOptions) -> ClientBuilder {
        self.options = options;
        self
    }

    /// Builds the client.
    pub fn build(self) -> Client {
        let ClientOptions { retries, limits, shared_limits, per_call, per_try, observers } = self.options;
        let throttle = Arc::new(Throttle::new(retries.patience, shared_limits));
        let replication_lag = ReplicationLag::default();
        let observers: Arc<[_]> = observers.into();
        let mut chain = per_call;
        chain.reverse();
        // The order is a promise, see `pipeline.rs`.
        chain.push(Arc::new(Trace));
        // Always there: a run may bring an observer of its own.
        chain.push(Arc::new(Observed::Calls(observers.clone())));
        chain.extend([
            Arc::new(Deadline) as Arc<dyn Policy>,
            Arc::new(replication_lag.clone()),
            Arc::new(Retrying(retries)),
        ]);
        chain.extend(per_try.into_iter().rev());
        chain.push(throttle.clone());
        if !observers.is_empty() {
            chain.push(Arc::new(Observed::Tries(observers)));
        }
        chain.extend([Arc::new(Auth) as Arc<dyn Policy>, Arc::new(OriginPolicy)]);
        Client {
            inner: Arc::new(Inner { transport: self.transport, chain, throttle, replication_lag, limits, retries }),
        }
    }
}

impl Client {
    /// Creates a client with default settings.
    pub fn new(transport: Arc<dyn Transport>) -> Client {
        Client::builder(transport).build()
    }

    /// Creates a builder for a client with settings of its own.
    pub fn builder(transport: Arc<dyn Transport>) -> ClientBuilder {
        ClientBuilder { transport, options: ClientOptions::default() }
    }

    /// Gives back what the client has leased of [`SharedLimits`], so that nobody waits for that to
    /// end. Call it before the runtime ends; the client can be used further.
    pub async fn end_leases(&self) {
        self.inner.throttle.end_leases().await;
    }

    /// Sends one request through the whole pipeline.
    ///
    /// # Errors
    /// Whatever keeps it from succeeding; an answer that is not a success is an error too, except a
    /// redirect of a request outside Graph, see [`Request::external`].
    pub async fn send(&self, request: &Request, session: &Session) -> Result<Response> {
        let mut call = build_call(request, session).await?;
        match journal::of(session, &call) {
            Some(journal) => Box::pin(journal::send(self, journal, &mut call)).await,
            None => self.finish(&mut call).await,
        }
    }

    /// Sends a call; only a success is `Ok`.
    pub(crate) async fn finish(&self, call: &mut Call<'_>) -> Result<Response> {
        let answer = self.pass(call).await?;
        let redirected = answer.status.is_redirection() && call.request.is_external();
        if answer.status.is_success() || redirected {
            let answer = answer.into_response();
            match failed(call, answer) {
                (_, Some(error)) => Err(error),
                (answer, None) => Ok(answer),
            }
        } else {
            Err(call.explain(answer.into_error()))
        }
    }

    /// Sends a call through the pipeline; a response of any status is `Ok`.
    pub(crate) async fn pass(&self, call: &mut Call<'_>) -> Result<HttpResponse> {
        let inner = self.inner.as_ref();
        Next { rest: &inner.chain, transport: inner.transport.as_ref(), limits: &inner.limits }.send(call).await
    }

    /// Returns the delay before the attempt after `tries`, where Graph named none.
    pub(crate) fn backoff(&self, tries: u32) -> std::time::Duration {
        policies::backoff(&self.inner.retries, tries)
    }
}
