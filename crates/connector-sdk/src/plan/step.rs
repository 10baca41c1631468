//! Steps: what a plan asks of its reader.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::{Continuation, Plan, Rest};
use crate::{Error, FileRef, Json, Request, Response, Result, StoredResponse};

/// A step of a plan, for its readers: the executor, previews, checks.
///
/// Later versions may add steps and fields. A reader that meets a step it does not know ends the run with
/// [`Error::unsupported`].
#[must_use = "a step is to be carried out"]
#[non_exhaustive]
pub enum Step<T> {
    /// The plan has ended with a result.
    Done(T),
    /// The plan has ended with an error.
    Fail(Error),
    /// Send one request. Only a success is `Ok`.
    #[non_exhaustive]
    Call {
        /// Request to send.
        request: Box<Request>,
        /// Rest of the plan.
        then: Continuation<Result<Response>, T>,
    },
    /// Send many requests. The results come in the order of the requests.
    #[non_exhaustive]
    All {
        /// Requests to send.
        requests: Vec<Request>,
        /// Order in which they are sent.
        order: Order,
        /// Rest of the plan.
        then: Continuation<Vec<Result<Response>>, T>,
    },
    /// Emit items of a list. An error says that nobody receives them any more.
    #[non_exhaustive]
    Emit {
        /// Items to emit.
        items: Vec<Json>,
        /// Rest of the plan.
        then: Continuation<Result<()>, T>,
    },
    /// Read a file that was given as input, whole.
    #[non_exhaustive]
    Read {
        /// File to read.
        file: FileRef,
        /// Rest of the plan.
        then: Continuation<Result<Bytes>, T>,
    },
    /// Send a file to an upload session, in chunks.
    #[non_exhaustive]
    Upload {
        /// Upload to carry out.
        upload: Box<Upload>,
        /// Rest of the plan.
        then: Continuation<Result<Response>, T>,
    },
    /// Send one request and store its response as a file.
    #[non_exhaustive]
    Download {
        /// Request to send.
        request: Box<Request>,
        /// Name of the file, where the plan knows it.
        name: DownloadName,
        /// Rest of the plan.
        then: Continuation<Result<StoredResponse>, T>,
    },
    /// Wait. An error says that the run's deadline is earlier.
    #[non_exhaustive]
    Wait {
        /// Time to wait.
        time: Duration,
        /// Rest of the plan.
        then: Continuation<Result<()>, T>,
    },
}

/// A change of every step of a plan: of its requests, of what follows, and of its end.
pub(crate) trait Rewrite<T, U>: Sized {
    /// Changes a request of the step.
    fn request(&self, _: &mut Request) {}
    /// Changes the rest of the plan.
    fn then(self, then: Rest<T>) -> Rest<U>;
    /// Changes the end of the plan.
    fn end(self, end: Result<T>) -> Plan<U>;
}

impl<T> Step<T> {
    /// Returns the requests that the step sends, without those of an upload session.
    pub fn requests(&self) -> &[Request] {
        match self {
            Step::Call { request, .. } | Step::Download { request, .. } => std::slice::from_ref(request),
            Step::All { requests, .. } => requests,
            _ => &[],
        }
    }

    /// Changes the step and all that follow.
    pub(crate) fn rewrite<U>(self, by: impl Rewrite<T, U>) -> Plan<U> {
        Plan(match self {
            Step::Done(value) => return by.end(Ok(value)),
            Step::Fail(error) => return by.end(Err(error)),
            Step::Call { mut request, then } => {
                by.request(&mut request);
                Step::Call { request, then: by.then(then.into_rest()).into() }
            }
            Step::All { mut requests, order, then } => {
                for request in &mut requests {
                    by.request(request);
                }
                Step::All { requests, order, then: by.then(then.into_rest()).into() }
            }
            Step::Emit { items, then } => Step::Emit { items, then: by.then(then.into_rest()).into() },
            Step::Read { file, then } => Step::Read { file, then: by.then(then.into_rest()).into() },
            Step::Upload { upload, then } => Step::Upload { upload, then: by.then(then.into_rest()).into() },
            Step::Download { mut request, name, then } => {
                by.request(&mut request);
                Step::Download { request, name, then: by.then(then.into_rest()).into() }
            }
            Step::Wait { time, then } => Step::Wait { time, then: by.then(then.into_rest()).into() },
        })
    }
}

impl<T> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Done(_) => f.write_str("Done"),
            Step::Fail(error) => write!(f, "Fail({error})"),
            Step::Call { request, .. } => write!(f, "Call({request:?})"),
            Step::All { requests, order, .. } => write!(f, "All({requests:?}, {order:?})"),
            Step::Emit { items, .. } => write!(f, "Emit({} items)", items.len()),
            Step::Read { file, .. } => write!(f, "Read({file:?})"),
            Step::Upload { upload, .. } => write!(f, "Upload({:?})", upload.file),
            Step::Download { request, .. } => write!(f, "Download({request:?})"),
            Step::Wait { time, .. } => write!(f, "Wait({time:?})"),
        }
    }
}

/// Order in which the requests of one step are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// In any order, also concurrently; may become a `$batch`.
    Any,
    /// One after the other, never overlapping, because they change one object. Each is sent, whatever the outcome of
    /// the one before. May become a `$batch` chained by `dependsOn`.
    Sequential,
}

/// File name and media type of a download, where the caller knows better than the response's headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct DownloadName {
    /// File name.
    pub name: Option<String>,
    /// Media type.
    pub content_type: Option<String>,
}

impl DownloadName {
    /// Sets the file name.
    pub fn with_name(mut self, name: impl Into<Option<String>>) -> DownloadName {
        self.name = name.into();
        self
    }
    /// Sets the media type.
    pub fn with_content_type(mut self, content_type: impl Into<Option<String>>) -> DownloadName {
        self.content_type = content_type.into();
        self
    }
}

/// An upload of a file to an [upload session][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/driveitem-createuploadsession
#[derive(Debug, Clone)]
#[must_use]
#[non_exhaustive]
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

impl Upload {
    /// Creates an upload of a file to the session at this URL.
    pub fn new(url: impl Into<String>, file: FileRef) -> Upload {
        Upload { url: url.into(), file, chunk: None, place: None }
    }
    /// Sets the number of bytes per request: a multiple of 320 KiB.
    pub fn with_chunk(mut self, chunk: impl Into<Option<u64>>) -> Upload {
        self.chunk = chunk.into();
        self
    }
    /// Sets the target of the file, so that a later run may resume the session.
    pub fn with_place(mut self, place: impl Into<Option<String>>) -> Upload {
        self.place = place.into();
        self
    }
}
