//! Policy **deadline**: the end of the run's time.

use std::time::Duration;

use connector_sdk::{Code, Error, Result};
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::call::{Call, HttpResponse};
use crate::pipeline::{Next, Policy};
use crate::timer;

/// Time that cleanup of what a plan opened may take after the deadline.
const GRACE: Duration = Duration::from_secs(5);

/// Policy that ends a call at the run's deadline.
pub(crate) struct Deadline;

impl Policy for Deadline {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        // Without one, its place in the chain costs nothing.
        let Some(deadline) = call.session().deadline else { return next.send(call) };
        Box::pin(async move {
            // What a plan opened is closed all the same.
            let deadline =
                if call.request().options().is_cleanup() { deadline.max(Instant::now()) + GRACE } else { deadline };
            // A future is polled before its time is looked at, so a request would leave all the same.
            if deadline > Instant::now()
                && let Some(outcome) = timer::before(deadline, next.send(call).as_mut()).await
            {
                return outcome;
            }
            let hint = "Give the run more time, or try again.";
            Err(match (call.in_flight, call.request().options().is_idempotent()) {
                (true, false) => Error::new(
                    Code::OutcomeUnknown,
                    "the request may have been carried out: the run's time was over before its answer came",
                ),
                (true, true) => {
                    Error::new(Code::Unavailable, "the run's time was over before an answer came").with_hint(hint)
                }
                (false, _) => Error::new(Code::Unavailable, "the run's time was over before the request could be sent")
                    .with_hint(hint),
            })
        })
    }
}
