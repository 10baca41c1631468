//! Continuations: how a plan goes on after a step.

use super::Plan;

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
    go: Go<A, T>,
    // How many requests follow, where that is known. 0 is certain; more than that is an estimate.
    following: Option<usize>,
}

type Go<A, T> = Box<dyn FnOnce(A) -> Plan<T> + Send>;

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

impl<A: 'static, T: 'static> Continuation<A, T> {
    /// Wraps the continuation: `wrap` gets the response and the rest of the plan. About as many requests follow.
    pub(crate) fn around<U>(self, wrap: impl FnOnce(A, Go<A, T>) -> Plan<U> + Send + 'static) -> Continuation<A, U> {
        Continuation { following: self.following, go: Box::new(move |answer| wrap(answer, self.go)) }
    }

    /// Wraps the continuation as [`Continuation::around`] does. The rest of the plan is changed by `change`, which sends
    /// `more` requests besides; `None` where nobody knows.
    pub(crate) fn followed_by<U>(
        self,
        more: Option<usize>,
        change: impl FnOnce(Plan<T>) -> Plan<U> + Send + 'static,
    ) -> Continuation<A, U> {
        let following = self.following.zip(more).map(|(own, more)| own + more);
        Continuation { following, go: Box::new(move |answer| change((self.go)(answer))) }
    }
}
