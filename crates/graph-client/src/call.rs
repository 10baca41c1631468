//! One request on its way through the pipeline, and the answer to it.

use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{AnyOf, ByteStream, Code, Error, Request, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

use crate::Session;
use crate::policies::Doubt;
use crate::scope::Scope;

/// A request on its way: what the plan asked for, and what will really be sent.
///
/// Policies read it and may change [`Call::headers`]. Where it goes is not theirs to change: the
/// origin policy, the innermost one, checks the address again before anything leaves.
pub struct Call<'a> {
    /// The headers that will be sent. `Authorization` is set by the auth policy and by nobody else.
    pub headers: HeaderMap,
    pub(crate) request: &'a Request,
    pub(crate) session: &'a Session,
    pub(crate) url: Uri,
    pub(crate) body: Bytes,
    pub(crate) way: Way,
    pub(crate) required: Vec<AnyOf>,
    // A permission that its token does not carry, where Graph may allow it all the same.
    pub(crate) doubt: Option<Doubt>,
    pub(crate) scope: Scope,
    pub(crate) tries: u32,
    // A try has left and its answer is not here.
    pub(crate) in_flight: bool,
    // An earlier try may have been carried out.
    pub(crate) lost: bool,
    pub(crate) asked: Asked,
    // Secrets that this call has sent and does not carry any more: no error may tell them either.
    pub(crate) spent: Vec<HeaderValue>,
    // Whoever sent it reads the parts of its answer, and cleans them.
    pub(crate) unpacks: bool,
}

/// Where a call goes, and how its answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    /// To the connection's Graph, with its token; otherwise to a URL that is its own credential.
    pub(crate) home: bool,
    /// Whether the body of a success is handed on as it arrives.
    pub(crate) stream: bool,
}

/// Which second tokens were obtained. Each kind is obtained once in a call, however often it is tried.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    pub(crate) rejected: bool,
    pub(crate) claims: bool,
}

impl<'a> Call<'a> {
    /// The error of an answer to it, with what was missing where the token says so.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match &self.doubt {
            Some(doubt) => doubt.explain(error),
            None => error,
        }
    }
    /// The method.
    pub fn method(&self) -> &Method {
        &self.request.method
    }
    /// The request as the plan asked for it: its template, its rules.
    pub fn request(&self) -> &'a Request {
        self.request
    }
    /// The run that it belongs to.
    pub fn session(&self) -> &'a Session {
        self.session
    }
    /// Where it goes. It may carry ids and addresses: never log it.
    pub fn url(&self) -> &Uri {
        &self.url
    }
    /// Whether a plan sends a batch by itself, so that failures of others stand in the success of this one.
    pub(crate) fn is_batch(&self) -> bool {
        !self.unpacks && self.url.path().ends_with("/$batch")
    }
    /// How many tries have left so far.
    pub fn tries(&self) -> u32 {
        self.tries
    }
}

/// An HTTP answer, whatever its status.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// `Retry-After`, in whatever form it came, counted from the moment of the answer.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: AnswerBody,
    /// Whether the connection's Graph answered, and not a host that it redirected to.
    pub home: bool,
    /// Whether the body came in a content coding, and is handed on decoded: ranges and lengths are then those of
    /// something else.
    pub coded: bool,
}

/// The body of an answer.
pub enum AnswerBody {
    /// All of it.
    Whole(Bytes),
    /// As it arrives; only for the success of a download.
    Stream(ByteStream),
}

impl Answer {
    /// The answer with its body, for one that is here whole.
    pub(crate) fn into_response(self) -> Response {
        let body = match self.body {
            AnswerBody::Whole(body) => body,
            AnswerBody::Stream(_) => Bytes::new(),
        };
        Response { status: self.status, headers: self.headers, body, retry_after: self.retry_after }
    }

    /// The error that it means.
    pub(crate) fn into_error(self) -> Error {
        let home = self.home;
        let error = Error::from_response(&self.into_response());
        match (error.code(), error.said()) {
            // What a host that never saw the token says, it does not say about the connection.
            (Code::NotConnected, Some(said)) if !home => {
                Error::new(Code::Rejected, "a host outside Graph answered 401; the connection's token never goes there")
                    .upstream(said.clone())
                    .hint("The address may have expired. Ask Graph for it again.")
            }
            _ => error,
        }
    }
}
