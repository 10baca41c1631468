//! Plans: the requests of an action, as a value.
//!
//! A plan says which request comes next and how to continue with its response. It does nothing by itself.
//! The executor runs it, a preview shows it, a scripted run plays it against given responses, a check
//! reads it: all of them are readers of the same value.
//!
//! Writers build plans with the functions of [`Plan`]. Readers take the next [`Step`] and give its outcome to the
//! step's [`Continuation`].

mod combine;
mod continuation;
mod single;
mod step;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

pub use self::continuation::Continuation;
pub(crate) use self::continuation::Rest;
pub use self::single::{Accepted, Deleted};
pub(crate) use self::step::Rewrite;
pub use self::step::{DownloadName, Order, Step, Upload};
use crate::{Error, FileRef, Json, Request, Response, Result, StoredResponse};

/// The next step of an action, ending in a `T`.
///
/// Each step has two functions: [`Plan::call`], [`Plan::emit`] and the like end the plan if the step fails;
/// [`Plan::call_then`], [`Plan::emit_then`] and the like hand the result on to a [`Continuation`].
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
pub struct Plan<T>(Step<T>);

/// Functions for writers: one step, and how to continue.
impl<T> Plan<T> {
    /// Ends the plan with a result.
    pub fn done(value: T) -> Plan<T> {
        Plan(Step::Done(value))
    }

    /// Ends the plan with an error.
    pub fn fail(error: Error) -> Plan<T> {
        Plan(Step::Fail(error))
    }

    /// Sends a request and continues with its response; an error ends the plan.
    pub fn call(request: Request, go: impl FnOnce(Response) -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::call_then(request, or_fail(go))
    }

    /// Sends a request and continues with its result. Only a success is `Ok`.
    pub fn call_then(request: Request, then: Continuation<Result<Response>, T>) -> Plan<T> {
        Plan(Step::Call { request: Box::new(request), then })
    }

    /// Sends a request, the last one of the plan; an error ends the plan.
    pub fn finish(request: Request, go: impl FnOnce(Response) -> Result<T> + Send + 'static) -> Plan<T> {
        Plan::call_then(request, Continuation::last(|answer: Result<Response>| answer.and_then(go).into()))
    }

    /// Sends many requests and continues with their results, in the order of the requests.
    pub fn all(
        requests: Vec<Request>,
        order: Order,
        go: impl FnOnce(Vec<Result<Response>>) -> Plan<T> + Send + 'static,
    ) -> Plan<T> {
        Plan::all_then(requests, order, Continuation::new(go))
    }

    /// Sends many requests, the last ones of the plan, and ends the plan with what `go` makes of their results.
    pub fn finish_all(
        requests: Vec<Request>,
        order: Order,
        go: impl FnOnce(Vec<Result<Response>>) -> Result<T> + Send + 'static,
    ) -> Plan<T> {
        Plan::all_then(requests, order, Continuation::last(|answers| go(answers).into()))
    }

    /// Sends many requests and continues with their results, in the order of the requests.
    pub fn all_then(requests: Vec<Request>, order: Order, then: Continuation<Vec<Result<Response>>, T>) -> Plan<T> {
        Plan(Step::All { requests, order, then })
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
        Plan::all(requests, order, |answers| go(groups.into_iter().zip(answers).collect()))
    }

    /// Emits items of a list and continues. If nobody receives them any more, the plan ends.
    pub fn emit(items: Vec<Json>, go: impl FnOnce() -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::emit_then(items, or_fail(|()| go()))
    }

    /// Emits the last items of a list, and ends the plan with `end`.
    pub fn emit_last(items: Vec<Json>, end: T) -> Plan<T>
    where
        T: Send + 'static,
    {
        Plan::emit_then(items, Continuation::last(|taken: Result<()>| taken.map(|()| end).into()))
    }

    /// Emits items of a list and continues. An error says that nobody receives them any more.
    pub fn emit_then(items: Vec<Json>, then: Continuation<Result<()>, T>) -> Plan<T> {
        Plan(Step::Emit { items, then })
    }

    /// Reads a file that was given as input, whole, and continues with its content; an error ends the plan.
    pub fn read(file: FileRef, go: impl FnOnce(Bytes) -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::read_then(file, or_fail(go))
    }

    /// Reads a file that was given as input, whole, and continues with the result.
    pub fn read_then(file: FileRef, then: Continuation<Result<Bytes>, T>) -> Plan<T> {
        Plan(Step::Read { file, then })
    }

    /// Sends a file to an upload session, in chunks, and continues with the last response; an error ends the plan.
    pub fn upload(upload: Upload, go: impl FnOnce(Response) -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::upload_then(upload, or_fail(go))
    }

    /// Sends a file to an upload session, in chunks, and continues with the result.
    pub fn upload_then(upload: Upload, then: Continuation<Result<Response>, T>) -> Plan<T> {
        Plan(Step::Upload { upload: Box::new(upload), then })
    }

    /// Sends a request, stores its response as a file of this name, and continues; an error ends the plan.
    pub fn download(
        request: Request,
        name: DownloadName,
        go: impl FnOnce(StoredResponse) -> Plan<T> + Send + 'static,
    ) -> Plan<T> {
        Plan::download_then(request, name, or_fail(go))
    }

    /// Sends a request, stores its response as a file of this name, and continues with the result.
    pub fn download_then(
        request: Request,
        name: DownloadName,
        then: Continuation<Result<StoredResponse>, T>,
    ) -> Plan<T> {
        Plan(Step::Download { request: Box::new(request), name, then })
    }

    /// Waits for `time` and continues. If the run's deadline is earlier, the plan ends.
    pub fn wait(time: Duration, go: impl FnOnce() -> Plan<T> + Send + 'static) -> Plan<T> {
        Plan::wait_then(time, or_fail(|()| go()))
    }

    /// Waits for `time` and continues. An error says that the run's deadline is earlier.
    pub fn wait_then(time: Duration, then: Continuation<Result<()>, T>) -> Plan<T> {
        Plan(Step::Wait { time, then })
    }
}

// Continues with a success; an error ends the plan.
fn or_fail<A: 'static, T>(go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<Result<A>, T> {
    Continuation::new(|answer| match answer {
        Ok(answer) => go(answer),
        Err(error) => Plan::fail(error),
    })
}

/// Functions for readers: the next step.
impl<T> Plan<T> {
    /// Returns the next step, to carry it out.
    pub fn into_step(self) -> Step<T> {
        self.0
    }

    /// Returns the next step, to look at it.
    pub fn step(&self) -> &Step<T> {
        &self.0
    }
}

/// Puts a step back, for a reader that has only looked at it.
impl<T> From<Step<T>> for Plan<T> {
    fn from(step: Step<T>) -> Plan<T> {
        Plan(step)
    }
}

/// Ends the plan with a result or an error.
impl<T> From<Result<T>> for Plan<T> {
    fn from(result: Result<T>) -> Plan<T> {
        match result {
            Ok(value) => Plan::done(value),
            Err(error) => Plan::fail(error),
        }
    }
}

impl<T> fmt::Debug for Plan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
