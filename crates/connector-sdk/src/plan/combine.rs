//! Combinators: plans made of plans.

use super::{Plan, Rest, Rewrite, Step};
use crate::{Error, Json, Request, Result, Scopes};

type Bind<T, U> = Box<dyn FnOnce(Result<T>) -> Plan<U> + Send>;

impl<T: Send + 'static> Plan<T> {
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
                Err(error) => Plan::fail(error),
            }),
        )
    }

    /// Continues with another plan if this one fails.
    pub fn or_else(self, f: impl FnOnce(Error) -> Plan<T> + Send + 'static) -> Plan<T> {
        self.and_then_any(
            None,
            Box::new(|end| match end {
                Ok(value) => Plan::done(value),
                Err(error) => f(error),
            }),
        )
    }

    /// Declares permissions that later requests need, besides those of the current one: nothing is sent unless the
    /// token has them too. So nothing is half done for want of a permission.
    pub fn require(self, scopes: Scopes) -> Plan<T> {
        let mut step = self.into_step();
        match &mut step {
            // The first request is the one that has to know.
            Step::Call { request, .. } | Step::Download { request, .. } => request.add_ahead(scopes),
            Step::All { requests, .. } => requests.iter_mut().for_each(|request| request.add_ahead(scopes)),
            Step::Done(_) | Step::Fail(_) => {}
            Step::Emit { .. } | Step::Read { .. } | Step::Upload { .. } | Step::Wait { .. } => {
                return step.rewrite(Require(scopes));
            }
        }
        step.into()
    }

    /// Replaces the items that the plan emits by those that `complete` returns for them, page by page: for items that
    /// come with a part of what belongs to them.
    pub fn completing(self, complete: impl Fn(Vec<Json>) -> Plan<Vec<Json>> + Send + 'static) -> Plan<T> {
        match self.into_step() {
            Step::Emit { items, then } => complete(items).and_then(move |items| {
                Plan::emit_then(items, then.around(move |taken, rest| rest.go(taken).completing(complete)))
            }),
            step => step.rewrite(Completing(complete)),
        }
    }

    /// Replaces the permissions of the action's specification by these for all requests of the plan: for an action that
    /// does what another one does.
    pub fn with_scopes(self, scopes: Scopes) -> Plan<T> {
        self.into_step().rewrite(WithScopes(scopes))
    }

    /// Runs `last` after the plan, however it ends: also when the run's deadline has passed, or nobody receives its
    /// items any more. For what was opened and must be closed. The outcome of `last` changes nothing, because what was
    /// done is done; so it should be something that also ends by itself.
    pub fn finally(self, last: Plan<()>) -> Plan<T> {
        let last = last.cleaning_up();
        self.and_then_any(None, Box::new(move |end| last.and_then_any(Some(0), Box::new(move |_| end.into()))))
    }

    // Requests that come after something else, such as a wait, are not cleanup.
    fn cleaning_up(self) -> Plan<T> {
        match self.into_step() {
            step @ Step::Call { .. } => step.rewrite(CleaningUp),
            step => step.into(),
        }
    }

    // `following`: how many requests `f` goes on with, where that is known. With 0 the last request stays the last.
    pub(crate) fn and_then_any<U: Send + 'static>(self, following: Option<usize>, f: Bind<T, U>) -> Plan<U> {
        self.into_step().rewrite(AndThen { following, f })
    }
}

struct AndThen<T, U> {
    following: Option<usize>,
    f: Bind<T, U>,
}

impl<T: Send + 'static, U: Send + 'static> Rewrite<T, U> for AndThen<T, U> {
    fn then(self, then: Rest<T>) -> Rest<U> {
        then.followed_by(self.following, move |plan| plan.and_then_any(self.following, self.f))
    }
    fn end(self, end: Result<T>) -> Plan<U> {
        (self.f)(end)
    }
}

struct Require(Scopes);

impl<T: Send + 'static> Rewrite<T, T> for Require {
    fn then(self, then: Rest<T>) -> Rest<T> {
        then.followed_by(Some(0), move |plan| plan.require(self.0))
    }
    fn end(self, end: Result<T>) -> Plan<T> {
        end.into()
    }
}

struct Completing<F>(F);

impl<T: Send + 'static, F: Fn(Vec<Json>) -> Plan<Vec<Json>> + Send + 'static> Rewrite<T, T> for Completing<F> {
    fn then(self, then: Rest<T>) -> Rest<T> {
        // How many requests `complete` sends is known only to itself.
        then.followed_by(None, move |plan| plan.completing(self.0))
    }
    fn end(self, end: Result<T>) -> Plan<T> {
        end.into()
    }
}

struct WithScopes(Scopes);

impl<T: Send + 'static> Rewrite<T, T> for WithScopes {
    fn request(&self, request: &mut Request) {
        request.override_scopes(self.0);
    }
    fn then(self, then: Rest<T>) -> Rest<T> {
        then.followed_by(Some(0), move |plan| plan.with_scopes(self.0))
    }
    fn end(self, end: Result<T>) -> Plan<T> {
        end.into()
    }
}

struct CleaningUp;

impl<T: Send + 'static> Rewrite<T, T> for CleaningUp {
    fn request(&self, request: &mut Request) {
        request.mark_cleanup();
    }
    fn then(self, then: Rest<T>) -> Rest<T> {
        then.followed_by(Some(0), Plan::cleaning_up)
    }
    fn end(self, end: Result<T>) -> Plan<T> {
        end.into()
    }
}
