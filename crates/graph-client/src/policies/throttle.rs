//! Policy **throttle**: the number of a scope's calls in flight, and when the next one may be sent.
//!
//! A call passes two queues: its mailbox's or service's, and its connection's. Graph does not say whose
//! limit a refusal came from. When calls of several scopes are refused in a row, it is the connection's,
//! and then the scopes learn nothing from it: a share of a common limit is no limit of their own.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result, Retry};
use futures_core::Stream;
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::rate::{Admission, Feedback, Rate, Ticket};
use super::retry::is_too_late;
use crate::call::{Call, HttpResponse, ResponseBody};
use crate::limit_scope::LimitScope;
use crate::pipeline::{Next, Policy};
use crate::send::seconds;
use crate::{ProgressEvent, Session, timer};

/// Number of scopes that are kept before idle ones are removed.
const SCOPES: usize = 1024;

/// Policy that holds calls back: few at once to a mailbox, none while Graph asked for a pause, and no more in a window
/// than Graph was seen to accept. Calls to one scope are sent in the order in which they came.
pub(crate) struct Throttle {
    lines: Mutex<Lanes>,
    patience: Duration,
}

struct Lanes {
    by_scope: HashMap<u64, Arc<Lane>>,
    // When there are so many, those that know nothing are forgotten.
    sweep_at: usize,
}

/// The queue of a scope.
struct Lane {
    // That of the connection, which the calls of this scope pass too.
    connection: Option<Arc<Lane>>,
    // How many are in the queue. It changes under the lock of `rate`.
    waiting: AtomicUsize,
    // Whoever has the turn is the head of the queue; the semaphore keeps the order.
    turn: Semaphore,
    slots: Option<Arc<Semaphore>>,
    rate: Mutex<Rate>,
    // Wakes the head of the queue when an answer may have made room.
    answered: Notify,
    // Of a connection: whose call was refused last.
    suspect: Mutex<Option<LimitCandidate>>,
}

/// A refused call that may have met its connection's limit.
struct LimitCandidate {
    line: Weak<Lane>,
    // Its number among the connection's calls.
    number: u64,
    until: Instant,
    // It has: calls of other scopes were refused with it.
    is_connection_limit: bool,
}

impl Lane {
    fn new(slots: Option<u32>, connection: Option<Arc<Lane>>) -> Arc<Lane> {
        Arc::new(Lane {
            connection,
            waiting: AtomicUsize::new(0),
            turn: Semaphore::new(1),
            slots: slots.map(|slots| Arc::new(Semaphore::new(slots as usize))),
            rate: Mutex::default(),
            answered: Notify::new(),
            suspect: Mutex::default(),
        })
    }

    /// Returns whether the refusal of a call of `line`, the `number`th of this connection, was due to the connection's
    /// limit.
    fn is_to_blame(&self, line: &Arc<Lane>, number: u64, now: Instant, after: Duration) -> bool {
        let mut suspect = lock(&self.suspect);
        let before =
            suspect.take().filter(|before| now < before.until && !lock(&self.rate).was_overtaken(before.number));
        let is_connection_limit = before
            .as_ref()
            .is_some_and(|before| before.is_connection_limit || before.line.as_ptr() != Arc::as_ptr(line));
        if let Some(accused) = before
            .filter(|before| is_connection_limit && !before.is_connection_limit)
            .and_then(|before| before.line.upgrade())
        {
            lock(&accused.rate).reset();
        }
        *suspect = Some(LimitCandidate { line: Arc::downgrade(line), number, until: now + after, is_connection_limit });
        is_connection_limit
    }
}

impl Throttle {
    pub(crate) fn new(patience: Duration) -> Throttle {
        Throttle { lines: Mutex::new(Lanes { by_scope: HashMap::new(), sweep_at: SCOPES }), patience }
    }

    /// Holds all calls of a scope back for `time`, because a part of a batch was refused.
    pub(crate) fn pause(&self, scope: LimitScope, time: Duration) {
        lock(&self.line(scope).rate).pause(Instant::now() + time);
    }

    fn line(&self, scope: LimitScope) -> Arc<Lane> {
        let mut lines = lock(&self.lines);
        if let Some(line) = lines.by_scope.get(&scope.key) {
            return line.clone();
        }
        if lines.by_scope.len() >= lines.sweep_at {
            let now = Instant::now();
            lines.by_scope.retain(|_, line| Arc::strong_count(line) > 1 || !lock(&line.rate).is_idle(now));
            // Where many are in use, the next sweep is worth its while only after many more.
            lines.sweep_at = SCOPES.max(2 * lines.by_scope.len());
        }
        let connection =
            scope.connection.map(|key| lines.by_scope.entry(key).or_insert_with(|| Lane::new(None, None)).clone());
        let line = Lane::new(scope.slots, connection);
        lines.by_scope.insert(scope.key, line.clone());
        line
    }

    /// Waits until a call may be sent, and returns when that was.
    async fn enter<'l>(
        &self,
        line: &'l Lane,
        session: &Session,
        weight: u32,
        now: Instant,
    ) -> Result<(Flight<'l>, Option<OwnedSemaphorePermit>, Instant)> {
        let ((ticket, slot), at) = match Throttle::admit_now(line, weight, now) {
            Some(admitted) => (admitted, now),
            None => (Box::pin(self.admit(line, session, weight)).await?, Instant::now()),
        };
        Ok((Flight { line, ticket, feedback: Feedback::Unknown, landed: None }, slot, at))
    }

    /// Admits a call at once if nothing stands in its way. Nobody is overtaken: while somebody waits, the turn is
    /// theirs.
    fn admit_now(line: &Lane, weight: u32, now: Instant) -> Option<(Ticket, Option<OwnedSemaphorePermit>)> {
        // Under the lock, so that nobody who comes later sees it free.
        let mut rate = lock(&line.rate);
        if line.waiting.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let slot = match &line.slots {
            Some(slots) => Some(slots.clone().try_acquire_many_owned(weight).ok()?),
            None => None,
        };
        match rate.admit(now) {
            Admission::Go(ticket) => Some((ticket, slot)),
            _ => None,
        }
    }

    async fn admit(
        &self,
        line: &Lane,
        session: &Session,
        weight: u32,
    ) -> Result<(Ticket, Option<OwnedSemaphorePermit>)> {
        let _waiting = Waiter::begin(line);
        let _turn = line.turn.acquire().await.map_err(|_| closed())?;
        let slot = match &line.slots {
            Some(slots) => Some(slots.clone().acquire_many_owned(weight).await.map_err(|_| closed())?),
            None => None,
        };
        loop {
            let now = Instant::now();
            let admission = lock(&line.rate).admit(now);
            match admission {
                Admission::Go(ticket) => return Ok((ticket, slot)),
                Admission::WhenAnswered => line.answered.notified().await,
                Admission::At(then) => {
                    let wait = then.saturating_duration_since(now);
                    if wait > self.patience || is_too_late(session, wait) {
                        return Err(Error::new(
                            Code::Throttled,
                            format!("Graph asked to wait, still {}; nothing was sent", seconds(wait)),
                        )
                        .retry(Retry::After(wait)));
                    }
                    session.progress.step(ProgressEvent::Waiting { time: wait, why: "Graph asked to slow down" });
                    tokio::select! {
                        () = timer::until(then) => {}
                        () = line.answered.notified() => {}
                    }
                }
            }
        }
    }
}

/// A call in the queue; leaves it when dropped.
struct Waiter<'a>(&'a Lane);

impl<'a> Waiter<'a> {
    fn begin(line: &'a Lane) -> Waiter<'a> {
        let _rate = lock(&line.rate);
        line.waiting.fetch_add(1, Ordering::Relaxed);
        Waiter(line)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let _rate = lock(&self.0.rate);
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn closed() -> Error {
    Error::bug("a queue of requests was closed")
}

// A panic while a lock is held leaves counters behind, nothing that could be half written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Policy for Throttle {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        Box::pin(async move {
            let line = self.line(call.scope);
            let (mut flight, slot, at) = self.enter(&line, call.session(), call.scope.weight, Instant::now()).await?;
            let mut shared = match &line.connection {
                Some(connection) => Some(self.enter(connection, call.session(), 1, at).await?.0),
                None => None,
            };
            let mut answer = next.send(call).await?;
            let now = Instant::now();
            flight.landed = Some(now);
            if let Some(shared) = &mut shared {
                shared.landed = Some(now);
            }
            match (answer.status.as_u16(), answer.retry_after) {
                // What another host refuses says nothing about Graph.
                _ if answer.from_graph != call.routing.to_graph => {}
                (429 | 503 | 509, Some(after)) if !after.is_zero() => {
                    flight.feedback = Feedback::Refused(after);
                    if let Some(shared) = shared
                        .as_mut()
                        .filter(|shared| shared.line.is_to_blame(&line, shared.ticket.number, now, after))
                    {
                        flight.feedback = Feedback::Held(after);
                        shared.feedback = Feedback::Refused(after);
                    }
                }
                (429 | 503 | 509, _) => {}
                _ => {
                    flight.feedback = Feedback::Accepted;
                    if let Some(shared) = &mut shared {
                        shared.feedback = Feedback::Accepted;
                    }
                }
            }
            drop((flight, shared));
            // A download is in flight until its last byte is here.
            answer.body = match (answer.body, slot) {
                (ResponseBody::Stream(body), Some(slot)) => {
                    ResponseBody::Stream(Box::pin(SlotGuard { body, _slot: slot }))
                }
                (body, _) => body,
            };
            Ok(answer)
        })
    }
}

/// A request in flight; released when dropped.
struct Flight<'a> {
    line: &'a Lane,
    ticket: Ticket,
    feedback: Feedback,
    landed: Option<Instant>,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut rate = lock(&self.line.rate);
        rate.answered(self.ticket, self.landed.unwrap_or_else(Instant::now), self.feedback);
        // Who begins to wait after this looks at the rate first, and finds the room.
        if self.line.waiting.load(Ordering::Relaxed) > 0 {
            self.line.answered.notify_one();
        }
    }
}

struct SlotGuard {
    body: ByteStream,
    _slot: OwnedSemaphorePermit,
}

impl Stream for SlotGuard {
    type Item = Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.body.as_mut().poll_next(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_scopes_are_forgotten_and_others_are_not() {
        let throttle = Throttle::new(Duration::from_secs(300));
        let scope = |key| LimitScope { key, connection: None, slots: None, weight: 1 };
        let used = throttle.line(scope(0));
        throttle.pause(scope(1), Duration::from_secs(60));
        for key in 2..10_000 {
            throttle.line(scope(key));
        }
        assert!(lock(&throttle.lines).by_scope.len() <= SCOPES + 1);
        assert!(Arc::ptr_eq(&used, &throttle.line(scope(0))));
        assert!(matches!(lock(&throttle.line(scope(1)).rate).admit(Instant::now()), Admission::At(_)));
    }
}
