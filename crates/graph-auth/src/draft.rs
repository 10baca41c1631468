//! Requests as `oauth2` builds them, sent by us.

use std::future::{Pending, pending};
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Waker};

use connector_sdk::{Error, Result};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::token_http::unwritable;

/// A client for `oauth2` that captures the request instead of sending it.
///
/// The device flow needs it. `oauth2` polls in a loop of its own, with its own clock, its own sleep and its
/// own error type, and it takes a lost connection for "not yet"; here one poll is one call, and the host
/// waits. And it reads a device code only where the numbers are numbers.
#[derive(Default)]
pub(crate) struct Draft(OnceLock<HttpRequest>);

impl Draft {
    /// Returns the request that `asking` would send through this draft.
    ///
    /// # Errors
    /// `bug` when there is none.
    pub(crate) fn of(&self, asking: impl Future) -> Result<HttpRequest> {
        // It gets as far as the answer, which never comes.
        _ = pin!(asking).poll(&mut Context::from_waker(Waker::noop()));
        self.0.get().cloned().ok_or_else(|| unwritable(()))
    }
}

impl<'c> AsyncHttpClient<'c> for Draft {
    type Error = Error;
    type Future = Pending<Result<HttpResponse>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        // The first is the one.
        _ = self.0.set(request);
        pending()
    }
}
