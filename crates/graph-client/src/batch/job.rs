//! The requests that are being sent together, and the record of their outcomes.

use std::sync::atomic::{AtomicUsize, Ordering};

use connector_sdk::{Order, Response, Result};

use crate::call::Call;
use crate::{Client, ProgressEvent, Session};

/// A request of a batch.
pub(super) struct BatchPart<'a> {
    /// Index among the requests of the plan.
    pub(super) index: usize,
    pub(super) call: Call<'a>,
    pub(super) tries: u32,
}

/// Outcomes of the requests of one task, by index.
pub(super) type Settled = Vec<(usize, Result<Response>)>;

/// Requests that are being sent.
pub(super) struct BatchJob<'a> {
    pub(super) client: &'a Client,
    pub(super) session: &'a Session,
    pub(super) order: Order,
    done: AtomicUsize,
    total: usize,
}

impl<'a> BatchJob<'a> {
    /// Creates a job of `total` requests, of which `done` were answered before.
    pub(super) fn new(
        client: &'a Client,
        session: &'a Session,
        order: Order,
        done: usize,
        total: usize,
    ) -> BatchJob<'a> {
        BatchJob { client, session, order, done: AtomicUsize::new(done), total }
    }

    /// Sends one call by itself.
    pub(super) async fn alone(&self, index: usize, call: &mut Call<'_>, settled: &mut Settled) {
        self.record(index, self.client.finish(call).await, settled);
    }

    /// Records the outcome of a request.
    pub(super) fn record(&self, index: usize, answer: Result<Response>, settled: &mut Settled) {
        settled.push((index, answer));
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.total > 1 {
            self.session.progress.step(ProgressEvent::Requests(done as u64, self.total as u64));
        }
    }
}
