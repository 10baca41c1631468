//! A request on its way through the pipeline, and its response.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{AnyOf, ByteStream, Code, Error, Request, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

use crate::Session;
use crate::limit_scope::LimitScope;
use crate::policies::Doubt;

/// A request on its way through the pipeline: what the plan requested, and what will really be sent.
///
/// Policies read it and may change [`Call::headers`]. Where it goes is not theirs to change: the
/// origin policy, the innermost one, checks the address again before anything leaves.
pub struct Call<'a> {
    /// Headers that will be sent. `Authorization` is set by the auth policy and by nobody else.
    pub headers: HeaderMap,
    pub(crate) request: &'a Request,
    pub(crate) session: &'a Session,
    pub(crate) url: Uri,
    pub(crate) body: Bytes,
    pub(crate) routing: Routing,
    pub(crate) required: Vec<AnyOf>,
    // A permission that its token does not carry, where Graph may allow it all the same.
    pub(crate) doubt: Option<Doubt>,
    pub(crate) scope: LimitScope,
    pub(crate) tries: u32,
    // A try has left and its answer is not here.
    pub(crate) in_flight: bool,
    // An earlier try may have been carried out.
    pub(crate) lost: bool,
    pub(crate) challenged: Challenged,
    // Secrets that this call has sent and does not carry any more: no error may tell them either.
    pub(crate) spent: Vec<HeaderValue>,
    // Whoever sent it reads the parts of its answer, and cleans them.
    pub(crate) unpacks: bool,
}

/// Routing of a call: whether it goes to Graph, and how its response is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Routing {
    /// Whether it is sent to the connection's Graph with its token; otherwise to a URL that is its own credential.
    pub(crate) to_graph: bool,
    /// Whether the body of a success is streamed as it arrives.
    pub(crate) stream: bool,
}

/// Replacement tokens that were requested. Each kind is requested once in a call, however often it is retried.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Challenged {
    pub(crate) rejected: bool,
    pub(crate) claims: bool,
}

impl<'a> Call<'a> {
    /// Adds the permissions that are missing to the error of a response, where the token says so.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match &self.doubt {
            Some(doubt) => doubt.explain(error),
            None => error,
        }
    }
    /// Returns the HTTP method.
    pub fn method(&self) -> &Method {
        &self.request.method
    }
    /// Returns the request as the plan made it: its template, its rules.
    pub fn request(&self) -> &'a Request {
        self.request
    }
    /// Returns the session of the run.
    pub fn session(&self) -> &'a Session {
        self.session
    }
    /// Returns the address. It may carry ids and addresses: never log it.
    pub fn url(&self) -> &Uri {
        &self.url
    }
    /// Returns whether it is a batch that a plan sends by itself, so that failures of its parts stand in the success of
    /// this one.
    pub(crate) fn is_batch(&self) -> bool {
        !self.unpacks && self.url.path().ends_with("/$batch")
    }
    /// Returns the number of attempts so far.
    pub fn tries(&self) -> u32 {
        self.tries
    }
}

/// An HTTP response, whatever its status.
pub struct HttpResponse {
    /// HTTP status.
    pub status: StatusCode,
    /// Response headers.
    pub headers: HeaderMap,
    /// Time to wait by `Retry-After`, in whatever form it came, counted from the moment of the response.
    pub retry_after: Option<Duration>,
    /// Body of the response.
    pub body: ResponseBody,
    /// Whether the response is from the connection's Graph, and not from a host that it redirected to.
    pub from_graph: bool,
    /// Whether the body came in a content coding, and is returned decoded: ranges and lengths are then those of the
    /// coded form.
    pub coded: bool,
}

/// Body of a response.
pub enum ResponseBody {
    /// The complete body.
    Whole(Bytes),
    /// A stream of the body as it arrives; only for the success of a download.
    Stream(ByteStream),
}

impl HttpResponse {
    /// Converts a response whose body is complete.
    pub(crate) fn into_response(self) -> Response {
        let body = match self.body {
            ResponseBody::Whole(body) => body,
            ResponseBody::Stream(_) => Bytes::new(),
        };
        Response::from_parts(self.status, self.headers, body).with_retry_after(self.retry_after)
    }

    /// Creates the error that the response means.
    pub(crate) fn into_error(self) -> Error {
        let from_graph = self.from_graph;
        let error = Error::from_response(&self.into_response());
        match (error.code(), error.upstream()) {
            // What a host that never saw the token says, it does not say about the connection.
            (Code::NotConnected, Some(said)) if !from_graph => {
                Error::new(Code::Rejected, "a host outside Graph answered 401; the connection's token never goes there")
                    .with_upstream(said.clone())
                    .with_hint("The address may have expired. Ask Graph for it again.")
            }
            _ => error,
        }
    }
}
