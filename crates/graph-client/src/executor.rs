//! The executor of plans: takes each step of the plan, carries it out, and returns the outcome to the plan.

use std::time::Duration;

use connector_sdk::{Code, Error, Plan, Result, Step};

use crate::batch::Position;
use crate::policies::is_too_late;
use crate::{Client, ItemSink, ProgressEvent, Session, batch, body, download, timer, upload};

impl Client {
    /// Runs a plan to its end. Items of lists are handed to `items` as their pages arrive; the next page is requested
    /// when it has taken them, so a list of any length passes in flat memory. An error of `items` is returned to the
    /// plan, which closes what it has opened.
    ///
    /// # Errors
    /// The plan's own.
    pub async fn run<T: Send>(&self, mut plan: Plan<T>, session: &Session, items: &mut dyn ItemSink) -> Result<T> {
        // What is rare and large is boxed: a future is as large as its largest step, and is moved about.
        let mut handed_out: u64 = 0;
        let mut answered = 0;
        loop {
            plan = match plan.into_step() {
                Step::Done(value) => return Ok(value),
                Step::Fail(error) => return Err(error),
                Step::Call { request, then, .. } => then.go(self.send(&request, session).await),
                Step::All { requests, order, then, .. } => {
                    let place = Position { before: answered, following: then.following().unwrap_or_default() };
                    answered += requests.len();
                    then.go(Box::pin(batch::send(self, session, requests, order, place)).await)
                }
                Step::Emit { items: page, then, .. } => {
                    handed_out += page.len() as u64;
                    let taken = items.emit(page).await;
                    // Where requests are counted, what is handed out is their fates: one thing is told, not two in
                    // turn.
                    if answered == 0 && taken.is_ok() {
                        session.progress.step(ProgressEvent::Items(handed_out));
                    }
                    then.go(taken)
                }
                Step::Read { file, then, .. } => {
                    then.go(Box::pin(body::read_whole(&file, session.files.as_ref())).await)
                }
                Step::Upload { upload, then, .. } => then.go(Box::pin(upload::send(self, session, &upload)).await),
                Step::Download { request, name, then, .. } => {
                    then.go(Box::pin(download::fetch(self, session, &request, name)).await)
                }
                Step::Wait { time, then, .. } => then.go(wait(session, time).await),
                _ => return Err(Error::unsupported("a step of the plan")),
            };
        }
    }
}

async fn wait(session: &Session, time: Duration) -> Result<()> {
    if is_too_late(session, time) {
        let error = Error::new(Code::Unavailable, "the run's time would be over before the next step");
        return Err(error.with_hint("Give the run more time."));
    }
    session.progress.step(ProgressEvent::Waiting { time, why: "as planned" });
    timer::pause(time).await;
    Ok(())
}
