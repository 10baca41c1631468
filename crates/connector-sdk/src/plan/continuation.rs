//! Continuations: how a plan goes on after a step.

use std::any::Any;
use std::marker::PhantomData;

use super::Plan;
use crate::Error;

/// The continuation of a plan after a response.
///
/// ```
/// use connector_sdk::{Continuation, Plan, Request, Response, Result, Step};
///
/// let then = Continuation::last(|answer: Result<Response>| answer.map(|response| response.status.as_u16()).into());
/// assert!(then.is_last());
/// let plan = Plan::call_then(Request::get("/me"), then);
///
/// let Step::Call { then, .. } = plan.into_step() else { panic!("the plan sends a request first") };
/// assert!(matches!(then.go(Ok(Response::new(200, "{}"))).into_step(), Step::Done(200)));
/// ```
#[must_use = "a continuation does nothing until it gets a response"]
pub struct Continuation<A, T> {
    rest: Rest<T>,
    answer: PhantomData<fn(A)>,
}

/// The rest of a plan, whatever kind of answer it waits for. What changes plans changes this, so that it is compiled
/// once for a type of result and not for each kind of answer as well.
#[must_use]
pub(crate) struct Rest<T> {
    go: Box<dyn FnOnce(Box<dyn Any>) -> Plan<T> + Send>,
    // How many requests follow, where that is known. 0 is certain; more than that is an estimate.
    following: Option<usize>,
}

impl<A: 'static, T> Continuation<A, T> {
    fn of(following: Option<usize>, go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<A, T> {
        let go = |answer: Box<dyn Any>| match answer.downcast() {
            Ok(answer) => go(*answer),
            Err(_) => Plan::fail(Error::bug("a plan got another kind of answer than it waits for")),
        };
        Rest { go: Box::new(go), following }.into()
    }
    /// Creates a continuation that calls `go`.
    pub fn new(go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<A, T> {
        Continuation::of(None, go)
    }
    /// Creates a continuation that calls `go` and sends about `following` requests: for work that is planned a portion
    /// at a time, so that a preview and a progress bar know of the whole.
    pub fn before(following: usize, go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<A, T> {
        Continuation::of((following > 0).then_some(following), go)
    }
    /// Creates a continuation that calls `go` and certainly sends nothing more; a preview can then say that it is
    /// complete.
    pub fn last(go: impl FnOnce(A) -> Plan<T> + Send + 'static) -> Continuation<A, T> {
        Continuation::of(Some(0), go)
    }
    /// Continues the plan with a response.
    pub fn go(self, answer: A) -> Plan<T> {
        (self.rest.go)(Box::new(answer))
    }

    /// Wraps the continuation: `wrap` gets the response and the continuation. About as many requests follow.
    pub(crate) fn around<U>(
        self,
        wrap: impl FnOnce(A, Continuation<A, T>) -> Plan<U> + Send + 'static,
    ) -> Continuation<A, U>
    where
        T: 'static,
    {
        Continuation::of(self.following(), move |answer| wrap(answer, self))
    }
}

impl<A, T> Continuation<A, T> {
    /// Returns whether nothing more is sent after this.
    pub fn is_last(&self) -> bool {
        self.following() == Some(0)
    }
    /// Returns about how many requests follow, where that is known.
    pub fn following(&self) -> Option<usize> {
        self.rest.following
    }
    /// Returns the continuation as what is left of the plan.
    pub(crate) fn into_rest(self) -> Rest<T> {
        self.rest
    }
}

impl<A, T> From<Rest<T>> for Continuation<A, T> {
    fn from(rest: Rest<T>) -> Self {
        Continuation { rest, answer: PhantomData }
    }
}

impl<T: 'static> Rest<T> {
    /// Changes the rest of the plan by `change`, which sends `more` requests besides; `None` where nobody knows.
    pub(crate) fn followed_by<U>(
        self,
        more: Option<usize>,
        change: impl FnOnce(Plan<T>) -> Plan<U> + Send + 'static,
    ) -> Rest<U> {
        let following = self.following.zip(more).map(|(own, more)| own + more);
        Rest { following, go: Box::new(move |answer| change((self.go)(answer))) }
    }
}
