//! A plan: what an action will do, as a value.
//!
//! A plan says which request comes next and how to go on from its answer. It does nothing by itself.
//! The executor runs it, a preview shows it, a rehearsal plays it against scripted answers, a check
//! reads it: all of them are readers of the same value.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, File, FileRef, Json, Raw, Request, Response, Result, Scopes, Stored};

/// What comes next, ending in a `T`.
#[must_use = "a plan does nothing until it is executed"]
pub enum Plan<T> {
    /// The end, well.
    Done(T),
    /// The end, with an error.
    Fail(Error),
    /// Send one request and go on. Only a success is `Ok`.
    Call(Box<Request>, Then<Result<Response>, T>),
    /// Send many requests and go on; the answers come in the order of the requests.
    All(Vec<Request>, Order, Then<Vec<Result<Response>>, T>),
    /// Hand out items of a list and go on. An error says that nobody takes them any more.
    Emit(Vec<Json>, Then<Result<()>, T>),
    /// Read a file that was given as input, whole.
    Read(FileRef, Then<Result<Bytes>, T>),
    /// Send a file to an upload session, in pieces.
    Upload(Box<Upload>, Then<Result<Response>, T>),
    /// Send one request and store its answer as a file of this name.
    Download(Box<Request>, Name, Then<Result<Stored>, T>),
    /// Let time pass. An error says that the run's time would be over before.
    Wait(Duration, Then<Result<()>, T>),
}

/// How many requests relate to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// In any order, also at once; may become a `$batch`.
    Any,
    /// One after the other, never overlapping, because they change one object. Each is tried,
    /// whatever became of the one before. May become a `$batch` chained by `dependsOn`.
    InTurn,
}

/// The file name and type of a download, where the caller knows better than the answer's headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// The file's name.
    pub name: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
}

/// A file on its way to an [upload session][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/driveitem-createuploadsession
#[derive(Debug, Clone)]
pub struct Upload {
    /// The session's URL. It is its own credential: no token goes with it.
    pub url: String,
    /// The file.
    pub file: FileRef,
    /// Bytes to a request: a multiple of 320 KiB. The executor chooses when it is absent.
    pub chunk: Option<u64>,
    /// What the file will be, such as its drive and path. With it, a later run that sends the same file to
    /// the same place goes on with the session of one that ended in between, where the host can tell
    /// that the file is the same.
    pub place: Option<String>,
}

/// What to do with an answer.
pub struct Then<A, T> {
    go: Box<dyn FnOnce(A) -> Plan<T> + Send>,
    // How many requests follow, where that is known. 0 is certain; more than that is an estimate.
    following: Option<usize>,
}

impl<A, T> Then<A, T> {
    /// Goes on with `go`.
    pub fn new(go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Then<A, T> {
        Then { go: Box::new(go), following: None }
    }
    /// Goes on with `go`, which sends about `following` requests: for work that is planned a portion at a time,
    /// so that a preview and a progress bar know of the whole.
    pub fn before(following: usize, go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Then<A, T> {
        Then { go: Box::new(go), following: (following > 0).then_some(following) }
    }
    /// Goes on with `go`, which certainly sends nothing more; a preview can then say that it is complete.
    pub fn last(go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Then<A, T> {
        Then { go: Box::new(go), following: Some(0) }
    }
    /// Whether nothing more is sent after this.
    pub fn is_last(&self) -> bool {
        self.following == Some(0)
    }
    /// About how many requests follow, where that is known.
    pub fn following(&self) -> Option<usize> {
        self.following
    }
    /// Goes on.
    pub fn go(self, answer: A) -> Plan<T> {
        (self.go)(answer)
    }
}

impl<A: 'static, T: Send + 'static> Then<A, T> {
    fn under(self, scopes: Scopes) -> Then<A, T> {
        Then { following: self.following, go: Box::new(move |answer| self.go(answer).under(scopes)) }
    }

    fn cleaning_up(self) -> Then<A, T> {
        Then { following: self.following, go: Box::new(move |answer| self.go(answer).cleaning_up()) }
    }

    // How many requests follow is not known any more.
    fn uncounted(self) -> Then<A, T> {
        Then { following: None, ..self }
    }

    /// Goes on with what `wrap` makes of the answer and of what followed it.
    pub(crate) fn around<U>(
        self,
        wrap: impl FnOnce(A, Box<dyn FnOnce(A) -> Plan<T> + Send>) -> Plan<U> + Send + 'static,
    ) -> Then<A, U> {
        Then { following: self.following, go: Box::new(move |answer| wrap(answer, self.go)) }
    }
}

pub(crate) type Bind<T, U> = Box<dyn FnOnce(Result<T>) -> Plan<U> + Send>;

impl<T: Send + 'static> Plan<T> {
    /// Sends a request; an error ends the plan.
    pub fn call(request: Request, go: impl FnOnce(Response) -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::Call(
            Box::new(request),
            Then::new(|answer| match answer {
                Ok(response) => go(response),
                Err(error) => Plan::Fail(error),
            }),
        )
    }

    /// Sends a request, the last one; an error ends the plan.
    pub fn finish(request: Request, go: impl FnOnce(Response) -> Result<T> + Send + 'static) -> Plan<T> {
        Plan::Call(Box::new(request), Then::last(|answer: Result<Response>| answer.and_then(go).into()))
    }

    /// Hands out items of a list and goes on, unless nobody takes them any more: that ends the plan.
    pub fn emit(items: Vec<Json>, go: impl FnOnce() -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::Emit(items, Then::new(|taken: Result<()>| if let Err(error) = taken { Plan::Fail(error) } else { go() }))
    }

    /// Hands out the last items of a list, and ends in `end`.
    pub fn emit_last(items: Vec<Json>, end: T) -> Plan<T> {
        Plan::Emit(items, Then::last(|taken: Result<()>| taken.map(|()| end).into()))
    }

    /// Lets time pass and goes on, unless the run has not so much time left: that ends the plan.
    pub fn wait(time: Duration, go: impl FnOnce() -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::Wait(time, Then::new(|waited: Result<()>| if let Err(error) = waited { Plan::Fail(error) } else { go() }))
    }

    /// Sends one request for each group of at most `size` items and goes on with each group's fate.
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
        Plan::All(requests, order, Then::new(|answers: Vec<_>| go(groups.into_iter().zip(answers).collect())))
    }

    /// Changes what it ends in.
    pub fn map<U: Send + 'static>(self, f: impl FnOnce(T) -> U + Send + 'static) -> Plan<U> {
        self.bind(Some(0), Box::new(|end| end.map(f).into()))
    }

    /// Changes what it ends in, or fails. Nothing more is sent.
    pub fn try_map<U: Send + 'static>(self, f: impl FnOnce(T) -> Result<U> + Send + 'static) -> Plan<U> {
        self.bind(Some(0), Box::new(|end| end.and_then(f).into()))
    }

    /// Goes on with another plan.
    pub fn and_then<U: Send + 'static>(self, f: impl FnOnce(T) -> Plan<U> + Send + 'static) -> Plan<U> {
        self.bind(
            None,
            Box::new(|end| match end {
                Ok(value) => f(value),
                Err(error) => Plan::Fail(error),
            }),
        )
    }

    /// Goes on with another plan where this one fails.
    pub fn or_else(self, f: impl FnOnce(Error) -> Plan<T> + Send + 'static) -> Plan<T> {
        self.bind(
            None,
            Box::new(|end| match end {
                Ok(value) => Plan::Done(value),
                Err(error) => f(error),
            }),
        )
    }

    /// Says what it is known to need later on, beside what each request says of itself: nothing is sent unless the
    /// token has that too. So nothing is half done for want of a permission.
    pub fn needs(self, scopes: Scopes) -> Plan<T> {
        match self {
            Plan::Done(_) | Plan::Fail(_) => self,
            Plan::Call(request, go) => Plan::Call(Box::new(request.before(scopes)), go),
            Plan::All(requests, order, go) => {
                Plan::All(requests.into_iter().map(|request| request.before(scopes)).collect(), order, go)
            }
            Plan::Download(request, name, go) => Plan::Download(Box::new(request.before(scopes)), name, go),
            Plan::Emit(items, go) => Plan::Emit(items, go.around(move |taken, go| go(taken).needs(scopes))),
            Plan::Read(file, go) => Plan::Read(file, go.around(move |read, go| go(read).needs(scopes))),
            Plan::Upload(upload, go) => Plan::Upload(upload, go.around(move |answer, go| go(answer).needs(scopes))),
            Plan::Wait(time, go) => Plan::Wait(time, go.around(move |waited, go| go(waited).needs(scopes))),
        }
    }

    /// Hands out what `complete` makes of its items instead of them, page by page: for items that come with a part of
    /// what belongs to them.
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

    /// Holds its requests to these permissions instead of those of the card that it runs under: for an
    /// action that does what another one does.
    pub fn under(self, scopes: Scopes) -> Plan<T> {
        match self {
            Plan::Done(_) | Plan::Fail(_) => self,
            Plan::Call(request, go) => Plan::Call(Box::new(request.under(scopes)), go.under(scopes)),
            Plan::All(requests, order, go) => {
                Plan::All(requests.into_iter().map(|request| request.under(scopes)).collect(), order, go.under(scopes))
            }
            Plan::Emit(items, go) => Plan::Emit(items, go.under(scopes)),
            Plan::Read(file, go) => Plan::Read(file, go.under(scopes)),
            Plan::Upload(upload, go) => Plan::Upload(upload, go.under(scopes)),
            Plan::Download(request, name, go) => {
                Plan::Download(Box::new(request.under(scopes)), name, go.under(scopes))
            }
            Plan::Wait(time, go) => Plan::Wait(time, go.under(scopes)),
        }
    }

    /// Ends with `last`, however this ends: also when the run's time is over, or nobody takes its items any
    /// more. For what was opened and must be closed. What becomes of `last` changes nothing, because what was
    /// done is done; so it should be something that also ends by itself.
    pub fn finally(self, last: Plan<()>) -> Plan<T> {
        let last = last.cleaning_up();
        self.bind(None, Box::new(move |end| last.bind(Some(0), Box::new(move |_| end.into()))))
    }

    fn cleaning_up(self) -> Plan<T> {
        match self {
            Plan::Call(request, go) => Plan::Call(Box::new(request.cleaning_up()), go.cleaning_up()),
            other => other,
        }
    }

    // `following`: how many requests `f` goes on with, where that is known. With 0 the last request stays the last.
    pub(crate) fn bind<U: Send + 'static>(self, following: Option<usize>, f: Bind<T, U>) -> Plan<U> {
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
    fn join<A: 'static, T: Send + 'static, U: Send + 'static>(self, then: Then<A, T>, f: Bind<T, U>) -> Then<A, U> {
        let following = then.following.zip(self.0).map(|(own, after)| own + after);
        Then { following, go: Box::new(move |answer| then.go(answer).bind(self.0, f)) }
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

/// The ends that most actions need.
impl Request {
    /// Sends it; any success will do.
    pub fn accepted(self) -> Plan<Accepted> {
        Plan::finish(self, |_| Ok(Accepted { accepted: true }))
    }
    /// Sends it; any success means that it is gone.
    pub fn deleted(self) -> Plan<Deleted> {
        Plan::finish(self, |_| Ok(Deleted { deleted: true }))
    }
    /// Sends it and hands on the answer as it is, described by `T`.
    pub fn raw<T: 'static>(self) -> Plan<Raw<T>> {
        Plan::finish(self, |response| response.json().map(Raw::new))
    }
    /// Sends it and reads the answer, for plans that need a value from it.
    pub fn decode<T: DeserializeOwned + Send + 'static>(self) -> Plan<T> {
        Plan::finish(self, |response| response.read())
    }
    /// Sends it and stores the answer as a file.
    pub fn download(self, name: Name) -> Plan<File> {
        self.store(name).map(|stored| stored.file)
    }
    /// Sends it and stores the answer's body as a file; for those who want its status and headers too.
    pub fn store(self, name: Name) -> Plan<Stored> {
        Plan::Download(Box::new(self), name, Then::last(Plan::from))
    }
}
