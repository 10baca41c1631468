//! Plans: the requests of an action, as a value.
//!
//! A plan says which request comes next and how to continue with its response. It does nothing by itself.
//! The executor runs it, a preview shows it, a scripted run plays it against given responses, a check
//! reads it: all of them are readers of the same value.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, File, FileRef, Json, Raw, Request, Response, Result, Scopes, StoredResponse};

/// The next step of an action, ending in a `T`.
///
/// ```
/// use connector_sdk::{Plan, Request, Response, ScriptedRun};
/// use serde_json::Value;
///
/// let plan: Plan<String> = Request::get("/me/drive").decode::<Value>().and_then(|drive| {
///     let id = drive["id"].as_str().unwrap_or_default();
///     let root = Request::get("/drives/{drive}/root").path_param("drive", id);
///     root.decode::<Value>().map(|root| root["name"].to_string())
/// });
/// let responses = [r#"{"id":"d1"}"#, r#"{"name":"root"}"#].map(|body| Response::new(200, body));
/// let mut scripted = ScriptedRun::new(responses);
/// assert_eq!(scripted.run(plan).unwrap(), r#""root""#);
/// assert_eq!(scripted.sent[1].url, "/drives/d1/root");
/// ```
#[must_use = "a plan does nothing until it is executed"]
pub enum Plan<T> {
    /// Ends the plan with a result.
    Done(T),
    /// Ends the plan with an error.
    Fail(Error),
    /// Sends one request and continues. Only a success is `Ok`.
    Call(Box<Request>, Continuation<Result<Response>, T>),
    /// Sends many requests and continues; the responses come in the order of the requests.
    All(Vec<Request>, Order, Continuation<Vec<Result<Response>>, T>),
    /// Emits items of a list and continues. An error says that nobody receives them any more.
    Emit(Vec<Json>, Continuation<Result<()>, T>),
    /// Reads a file that was given as input, whole, and continues.
    Read(FileRef, Continuation<Result<Bytes>, T>),
    /// Sends a file to an upload session, in chunks, and continues.
    Upload(Box<Upload>, Continuation<Result<Response>, T>),
    /// Sends one request, stores its response as a file of this name, and continues.
    Download(Box<Request>, DownloadName, Continuation<Result<StoredResponse>, T>),
    /// Waits and continues. An error says that the run's deadline is earlier.
    Wait(Duration, Continuation<Result<()>, T>),
}

/// Order in which the requests of one step are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// In any order, also concurrently; may become a `$batch`.
    Any,
    /// One after the other, never overlapping, because they change one object. Each is sent, whatever the outcome of
    /// the one before. May become a `$batch` chained by `dependsOn`.
    Sequential,
}

/// File name and media type of a download, where the caller knows better than the response's headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DownloadName {
    /// File name.
    pub name: Option<String>,
    /// Media type.
    pub content_type: Option<String>,
}

/// An upload of a file to an [upload session][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/driveitem-createuploadsession
#[derive(Debug, Clone)]
pub struct Upload {
    /// URL of the session. It is its own credential: no token goes with it.
    pub url: String,
    /// File to upload.
    pub file: FileRef,
    /// Bytes per request: a multiple of 320 KiB. The executor chooses when it is absent.
    pub chunk: Option<u64>,
    /// Target of the file, such as its drive and path. With it, a later run that sends the same file to the same place
    /// resumes the session of one that ended in between, where the host can tell that the file is the same.
    pub place: Option<String>,
}

/// The continuation of a plan after a response.
///
/// ```
/// use connector_sdk::{Continuation, Plan, Request, Response, Result};
///
/// let then = Continuation::last(|answer: Result<Response>| answer.map(|response| response.status.as_u16()).into());
/// assert!(then.is_last());
/// let plan = Plan::Call(Box::new(Request::get("/me")), then);
///
/// let Plan::Call(_, then) = plan else { panic!("the plan sends a request first") };
/// assert!(matches!(then.go(Ok(Response::new(200, "{}"))), Plan::Done(200)));
/// ```
pub struct Continuation<A, T> {
    go: Box<dyn FnOnce(A) -> Plan<T> + Send>,
    // How many requests follow, where that is known. 0 is certain; more than that is an estimate.
    following: Option<usize>,
}

impl<A, T> Continuation<A, T> {
    /// Creates a continuation that calls `go`.
    pub fn new(go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<A, T> {
        Continuation { go: Box::new(go), following: None }
    }
    /// Creates a continuation that calls `go` and sends about `following` requests: for work that is planned a portion
    /// at a time, so that a preview and a progress bar know of the whole.
    pub fn before(following: usize, go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<A, T> {
        Continuation { go: Box::new(go), following: (following > 0).then_some(following) }
    }
    /// Creates a continuation that calls `go` and certainly sends nothing more; a preview can then say that it is
    /// complete.
    pub fn last(go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<A, T> {
        Continuation { go: Box::new(go), following: Some(0) }
    }
    /// Returns whether nothing more is sent after this.
    pub fn is_last(&self) -> bool {
        self.following == Some(0)
    }
    /// Returns about how many requests follow, where that is known.
    pub fn following(&self) -> Option<usize> {
        self.following
    }
    /// Continues the plan with a response.
    pub fn go(self, answer: A) -> Plan<T> {
        (self.go)(answer)
    }
}

impl<A: 'static, T: Send + 'static> Continuation<A, T> {
    fn with_scopes(self, scopes: Scopes) -> Continuation<A, T> {
        Continuation { following: self.following, go: Box::new(move |answer| self.go(answer).with_scopes(scopes)) }
    }

    fn cleaning_up(self) -> Continuation<A, T> {
        Continuation { following: self.following, go: Box::new(move |answer| self.go(answer).cleaning_up()) }
    }

    // How many requests follow is not known any more.
    fn uncounted(self) -> Continuation<A, T> {
        Continuation { following: None, ..self }
    }

    /// Wraps the continuation: `wrap` gets the response and the rest of the plan.
    pub(crate) fn around<U>(
        self,
        wrap: impl FnOnce(A, Box<dyn FnOnce(A) -> Plan<T> + Send>) -> Plan<U> + Send + 'static,
    ) -> Continuation<A, U> {
        Continuation { following: self.following, go: Box::new(move |answer| wrap(answer, self.go)) }
    }
}

pub(crate) type Bind<T, U> = Box<dyn FnOnce(Result<T>) -> Plan<U> + Send>;

impl<T: Send + 'static> Plan<T> {
    /// Sends a request and continues with its response; an error ends the plan.
    pub fn call(request: Request, go: impl FnOnce(Response) -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::Call(
            Box::new(request),
            Continuation::new(|answer| match answer {
                Ok(response) => go(response),
                Err(error) => Plan::Fail(error),
            }),
        )
    }

    /// Sends a request, the last one of the plan; an error ends the plan.
    pub fn finish(request: Request, go: impl FnOnce(Response) -> Result<T> + Send + 'static) -> Plan<T> {
        Plan::Call(Box::new(request), Continuation::last(|answer: Result<Response>| answer.and_then(go).into()))
    }

    /// Emits items of a list and continues. If nobody receives them any more, the plan ends.
    pub fn emit(items: Vec<Json>, go: impl FnOnce() -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::Emit(
            items,
            Continuation::new(|taken: Result<()>| if let Err(error) = taken { Plan::Fail(error) } else { go() }),
        )
    }

    /// Emits the last items of a list, and ends the plan with `end`.
    pub fn emit_last(items: Vec<Json>, end: T) -> Plan<T> {
        Plan::Emit(items, Continuation::last(|taken: Result<()>| taken.map(|()| end).into()))
    }

    /// Waits for `time` and continues. If the run's deadline is earlier, the plan ends.
    pub fn wait(time: Duration, go: impl FnOnce() -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::Wait(
            time,
            Continuation::new(|waited: Result<()>| if let Err(error) = waited { Plan::Fail(error) } else { go() }),
        )
    }

    /// Sends one request for each group of at most `size` items and continues with each group's result.
    pub fn chunked<I: Send + 'static>(
        items: Vec<I>,
        size: usize,
        order: Order,
        request: impl Fn(&[I]) -> Request,
        go: impl FnOnce(Vec<(Vec<I>, Result<Response>)>) -> Plan<T> + Send + 'static,
    ) -> Plan<T> {
        let mut groups: Vec<Vec<I>> = Vec::with_capacity(items.len().div_ceil(size.max(1)));
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            groups.push(items.by_ref().take(size.max(1)).collect());
        }
        let requests = groups.iter().map(|group| request(group)).collect();
        Plan::All(requests, order, Continuation::new(|answers: Vec<_>| go(groups.into_iter().zip(answers).collect())))
    }

    /// Maps the result of the plan.
    pub fn map<U: Send + 'static>(self, f: impl FnOnce(T) -> U + Send + 'static) -> Plan<U> {
        self.and_then_any(Some(0), Box::new(|end| end.map(f).into()))
    }

    /// Maps the result of the plan with a function that may fail. Nothing more is sent.
    pub fn try_map<U: Send + 'static>(self, f: impl FnOnce(T) -> Result<U> + Send + 'static) -> Plan<U> {
        self.and_then_any(Some(0), Box::new(|end| end.and_then(f).into()))
    }

    /// Continues with another plan after the result of this one.
    pub fn and_then<U: Send + 'static>(self, f: impl FnOnce(T) -> Plan<U> + Send + 'static) -> Plan<U> {
        self.and_then_any(
            None,
            Box::new(|end| match end {
                Ok(value) => f(value),
                Err(error) => Plan::Fail(error),
            }),
        )
    }

    /// Continues with another plan if this one fails.
    pub fn or_else(self, f: impl FnOnce(Error) -> Plan<T> + Send + 'static) -> Plan<T> {
        self.and_then_any(
            None,
            Box::new(|end| match end {
                Ok(value) => Plan::Done(value),
                Err(error) => f(error),
            }),
        )
    }

    /// Declares permissions that later requests need, besides those of the current one: nothing is sent unless the
    /// token has them too. So nothing is half done for want of a permission.
    pub fn require(self, scopes: Scopes) -> Plan<T> {
        match self {
            Plan::Done(_) | Plan::Fail(_) => self,
            Plan::Call(request, go) => Plan::Call(Box::new(request.before(scopes)), go),
            Plan::All(requests, order, go) => {
                Plan::All(requests.into_iter().map(|request| request.before(scopes)).collect(), order, go)
            }
            Plan::Download(request, name, go) => Plan::Download(Box::new(request.before(scopes)), name, go),
            Plan::Emit(items, go) => Plan::Emit(items, go.around(move |taken, go| go(taken).require(scopes))),
            Plan::Read(file, go) => Plan::Read(file, go.around(move |read, go| go(read).require(scopes))),
            Plan::Upload(upload, go) => Plan::Upload(upload, go.around(move |answer, go| go(answer).require(scopes))),
            Plan::Wait(time, go) => Plan::Wait(time, go.around(move |waited, go| go(waited).require(scopes))),
        }
    }

    /// Replaces the items that the plan emits by those that `complete` returns for them, page by page: for items that
    /// come with a part of what belongs to them.
    pub fn completing(self, complete: impl Fn(Vec<Json>) -> Plan<Vec<Json>> + Send + 'static) -> Plan<T> {
        match self {
            Plan::Done(_) | Plan::Fail(_) => self,
            Plan::Emit(items, go) => complete(items)
                .and_then(move |items| Plan::Emit(items, go.around(move |taken, go| go(taken).completing(complete)))),
            Plan::Call(request, go) => {
                Plan::Call(request, go.around(move |answer, go| go(answer).completing(complete)).uncounted())
            }
            Plan::All(requests, order, go) => {
                Plan::All(requests, order, go.around(move |answers, go| go(answers).completing(complete)).uncounted())
            }
            Plan::Read(file, go) => {
                Plan::Read(file, go.around(move |read, go| go(read).completing(complete)).uncounted())
            }
            Plan::Upload(upload, go) => {
                Plan::Upload(upload, go.around(move |answer, go| go(answer).completing(complete)).uncounted())
            }
            Plan::Download(request, name, go) => {
                Plan::Download(request, name, go.around(move |stored, go| go(stored).completing(complete)).uncounted())
            }
            Plan::Wait(time, go) => {
                Plan::Wait(time, go.around(move |waited, go| go(waited).completing(complete)).uncounted())
            }
        }
    }

    /// Replaces the permissions of the action's specification by these for all requests of the plan: for an action that
    /// does what another one does.
    pub fn with_scopes(self, scopes: Scopes) -> Plan<T> {
        match self {
            Plan::Done(_) | Plan::Fail(_) => self,
            Plan::Call(request, go) => Plan::Call(Box::new(request.with_scopes(scopes)), go.with_scopes(scopes)),
            Plan::All(requests, order, go) => Plan::All(
                requests.into_iter().map(|request| request.with_scopes(scopes)).collect(),
                order,
                go.with_scopes(scopes),
            ),
            Plan::Emit(items, go) => Plan::Emit(items, go.with_scopes(scopes)),
            Plan::Read(file, go) => Plan::Read(file, go.with_scopes(scopes)),
            Plan::Upload(upload, go) => Plan::Upload(upload, go.with_scopes(scopes)),
            Plan::Download(request, name, go) => {
                Plan::Download(Box::new(request.with_scopes(scopes)), name, go.with_scopes(scopes))
            }
            Plan::Wait(time, go) => Plan::Wait(time, go.with_scopes(scopes)),
        }
    }

    /// Runs `last` after the plan, however it ends: also when the run's deadline has passed, or nobody receives its
    /// items any more. For what was opened and must be closed. The outcome of `last` changes nothing, because what was
    /// done is done; so it should be something that also ends by itself.
    pub fn finally(self, last: Plan<()>) -> Plan<T> {
        let last = last.cleaning_up();
        self.and_then_any(None, Box::new(move |end| last.and_then_any(Some(0), Box::new(move |_| end.into()))))
    }

    fn cleaning_up(self) -> Plan<T> {
        match self {
            Plan::Call(request, go) => Plan::Call(Box::new(request.cleaning_up()), go.cleaning_up()),
            other => other,
        }
    }

    // `following`: how many requests `f` goes on with, where that is known. With 0 the last request stays the last.
    pub(crate) fn and_then_any<U: Send + 'static>(self, following: Option<usize>, f: Bind<T, U>) -> Plan<U> {
        let then = Following(following);
        match self {
            Plan::Done(value) => f(Ok(value)),
            Plan::Fail(error) => f(Err(error)),
            Plan::Call(request, go) => Plan::Call(request, then.join(go, f)),
            Plan::All(requests, order, go) => Plan::All(requests, order, then.join(go, f)),
            Plan::Emit(items, go) => Plan::Emit(items, then.join(go, f)),
            Plan::Read(file, go) => Plan::Read(file, then.join(go, f)),
            Plan::Upload(upload, go) => Plan::Upload(upload, then.join(go, f)),
            Plan::Download(request, name, go) => Plan::Download(request, name, then.join(go, f)),
            Plan::Wait(time, go) => Plan::Wait(time, then.join(go, f)),
        }
    }
}

struct Following(Option<usize>);

impl Following {
    fn join<A: 'static, T: Send + 'static, U: Send + 'static>(
        self,
        then: Continuation<A, T>,
        f: Bind<T, U>,
    ) -> Continuation<A, U> {
        let following = then.following.zip(self.0).map(|(own, after)| own + after);
        Continuation { following, go: Box::new(move |answer| then.go(answer).and_then_any(self.0, f)) }
    }
}

impl<T> From<Result<T>> for Plan<T> {
    fn from(result: Result<T>) -> Plan<T> {
        match result {
            Ok(value) => Plan::Done(value),
            Err(error) => Plan::Fail(error),
        }
    }
}

impl<T> fmt::Debug for Plan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Plan::Done(_) => f.write_str("Done"),
            Plan::Fail(error) => write!(f, "Fail({error})"),
            Plan::Call(request, _) => write!(f, "Call({request:?})"),
            Plan::All(requests, order, _) => write!(f, "All({requests:?}, {order:?})"),
            Plan::Emit(items, _) => write!(f, "Emit({} items)", items.len()),
            Plan::Read(file, _) => write!(f, "Read({file:?})"),
            Plan::Upload(upload, _) => write!(f, "Upload({:?})", upload.file),
            Plan::Download(request, ..) => write!(f, "Download({request:?})"),
            Plan::Wait(time, _) => write!(f, "Wait({time:?})"),
        }
    }
}

/// The output of an action whose answer has no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accepted {
    /// Graph accepted the request.
    pub accepted: bool,
}

/// The output of an action that removes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Deleted {
    /// Graph removed it.
    pub deleted: bool,
}

/// Plans of a single request, as most actions need.
impl Request {
    /// Sends the request and accepts any success.
    pub fn accepted(self) -> Plan<Accepted> {
        Plan::finish(self, |_| Ok(Accepted { accepted: true }))
    }
    /// Sends the request and treats any success as a deletion.
    pub fn deleted(self) -> Plan<Deleted> {
        Plan::finish(self, |_| Ok(Deleted { deleted: true }))
    }
    /// Sends the request and returns the response's JSON unchanged, described by `T`.
    pub fn raw<T: 'static>(self) -> Plan<Raw<T>> {
        Plan::finish(self, |response| response.json().map(Raw::new))
    }
    /// Sends the request and deserializes the response, for plans that need a value from it.
    pub fn decode<T: DeserializeOwned + Send + 'static>(self) -> Plan<T> {
        Plan::finish(self, |response| response.read())
    }
    /// Sends the request and stores the response's body as a file.
    pub fn download(self, name: DownloadName) -> Plan<File> {
        self.store(name).map(|stored| stored.file)
    }
    /// Sends the request and stores the response's body as a file; for callers that want its status and headers too.
    pub fn store(self, name: DownloadName) -> Plan<StoredResponse> {
        Plan::Download(Box::new(self), name, Continuation::last(Plan::from))
    }
}
