//! The end of the run's time.

use async_trait::async_trait;
use connector_sdk::{Code, Error, Result};

use crate::call::{Answer, Call};
use crate::pipeline::{Next, Policy};
use crate::timer;

/// Ends a call when its run must be over.
pub(crate) struct Deadline;

#[async_trait]
impl Policy for Deadline {
    async fn send(&self, call: &mut Call<'_>, next: Next<'_>) -> Result<Answer> {
        let Some(deadline) = call.session().deadline else {
            return next.send(call).await;
        };
        if let Some(outcome) = timer::before(deadline, next.send(call).as_mut()).await {
            return outcome;
        }
        let hint = "Give the run more time, or try again.";
        Err(match (call.in_flight, call.request().is_repeatable()) {
            (true, false) => {
                Error::new(Code::OutcomeUnknown, "the request may have been carried out: the run's time was over before its answer came")
            }
            (true, true) => Error::new(Code::Unavailable, "the run's time was over before an answer came").hint(hint),
            (false, _) => Error::new(Code::Unavailable, "the run's time was over before the request could be sent").hint(hint),
        })
    }
}
