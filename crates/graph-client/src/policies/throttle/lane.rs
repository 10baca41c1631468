//! The queue of a scope: who is in flight, who waits, and what is known of its rate.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::{ByteStream, Result};
use futures_core::Stream;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::leased::Leased;
use crate::policies::rate::{Admission, Feedback, Rate, Ticket};

/// The queue of a scope.
pub(super) struct Lane {
    /// That of the app, which the calls of this scope pass too.
    pub(super) app: Option<Arc<Lane>>,
    /// The share of this process, where others use the same limit.
    pub(super) leased: Option<Leased>,
    /// How many are in the queue. It changes under the lock of `rate`.
    waiting: AtomicUsize,
    /// Whoever has the turn is the head of the queue; the semaphore keeps the order.
    turn: Semaphore,
    slots: Option<Arc<Semaphore>>,
    /// How many slots the calls have that were sent. It changes under the lock of `rate`.
    used: AtomicU32,
    rate: Mutex<Rate>,
    /// Wakes the head of the queue when there may be room.
    room: Notify,
    /// Of an app: whose call was refused last.
    suspect: Mutex<Option<LimitCandidate>>,
}

/// A refused call that may have met its app's limit.
struct LimitCandidate {
    lane: Weak<Lane>,
    /// Its number among the app's calls.
    number: u64,
    until: Instant,
    /// It has: calls of other scopes were refused with it.
    is_app_limit: bool,
}

impl Lane {
    pub(super) fn new(slots: Option<u32>, app: Option<Arc<Lane>>, leased: Option<Leased>) -> Arc<Lane> {
        Arc::new(Lane {
            app,
            leased,
            waiting: AtomicUsize::new(0),
            turn: Semaphore::new(1),
            slots: slots.map(|slots| Arc::new(Semaphore::new(slots as usize))),
            used: AtomicU32::new(0),
            rate: Mutex::default(),
            room: Notify::new(),
            suspect: Mutex::default(),
        })
    }

    /// Admits a call at once if nothing stands in its way. Nobody is overtaken: while somebody waits, the turn is
    /// theirs.
    pub(super) fn admit_now(self: &Arc<Lane>, weight: u32, now: Instant) -> Option<(Ticket, Slot)> {
        // Under the lock, so that nobody who comes later sees it free.
        let mut rate = self.rate();
        if self.waiting.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let permit = match &self.slots {
            Some(slots) => Some(slots.clone().try_acquire_many_owned(weight).ok()?),
            None => None,
        };
        let mut slot = Slot { permit, weight, sent_on: None };
        match self.admission(&mut rate, &mut slot, now) {
            Some(Admission::Go(ticket)) => Some((ticket, slot)),
            _ => None,
        }
    }

    /// Waits for the turn, and then for slots.
    pub(super) async fn turn(self: &Arc<Lane>, weight: u32) -> Option<(Turn<'_>, Slot)> {
        let waiter = Waiter::begin(self);
        let turn = self.turn.acquire().await.ok()?;
        let permit = match &self.slots {
            Some(slots) => Some(slots.clone().acquire_many_owned(weight).await.ok()?),
            None => None,
        };
        Some((Turn { _turn: turn, _waiter: waiter }, Slot { permit, weight, sent_on: None }))
    }

    /// Decides whether a call with its slots may be sent; `None`: not before this process has a larger share.
    pub(super) fn admit(self: &Arc<Lane>, slot: &mut Slot, now: Instant) -> Option<Admission> {
        self.admission(&mut self.rate(), slot, now)
    }

    fn admission(self: &Arc<Lane>, rate: &mut Rate, slot: &mut Slot, now: Instant) -> Option<Admission> {
        let Some(leased) = &self.leased else { return Some(rate.admit(now)) };
        if !leased.admits(self, slot.weight, now) {
            return None;
        }
        let admission = rate.admit(now);
        if matches!(admission, Admission::Go(_)) && slot.permit.is_some() {
            self.used.fetch_add(slot.weight, Ordering::Relaxed);
            slot.sent_on = Some(self.clone());
        }
        Some(admission)
    }

    /// Returns the number of slots in use by calls that were sent.
    pub(super) fn used(&self) -> u32 {
        self.used.load(Ordering::Relaxed)
    }

    /// Returns the number of calls in the queue.
    pub(super) fn waiting(&self) -> u32 {
        u32::try_from(self.waiting.load(Ordering::Relaxed)).unwrap_or(u32::MAX)
    }

    /// Holds all calls back until `until`; returns whether that is news.
    pub(super) fn pause(&self, until: Instant) -> bool {
        self.rate().pause(until)
    }

    /// Waits until there may be room.
    pub(super) async fn room(&self) {
        self.room.notified().await;
    }

    /// Wakes the head of the queue.
    pub(super) fn wake(&self) {
        let _rate = self.rate();
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.room.notify_one();
        }
    }

    /// Returns whether there is nothing to remember.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        self.rate().is_idle(now)
    }

    fn rate(&self) -> MutexGuard<'_, Rate> {
        lock(&self.rate)
    }

    /// Returns whether the refusal of a call of `lane`, the `number`th of this app, was due to the app's limit.
    pub(super) fn is_to_blame(&self, lane: &Arc<Lane>, number: u64, now: Instant, after: Duration) -> bool {
        let mut suspect = lock(&self.suspect);
        let before =
            suspect.take().filter(|before| now < before.until && !lock(&self.rate).was_overtaken(before.number));
        let is_app_limit =
            before.as_ref().is_some_and(|before| before.is_app_limit || before.lane.as_ptr() != Arc::as_ptr(lane));
        if let Some(accused) =
            before.filter(|before| is_app_limit && !before.is_app_limit).and_then(|before| before.lane.upgrade())
        {
            lock(&accused.rate).reset();
        }
        *suspect = Some(LimitCandidate { lane: Arc::downgrade(lane), number, until: now + after, is_app_limit });
        is_app_limit
    }
}

/// The turn of a scope: nobody else is admitted meanwhile.
pub(super) struct Turn<'a> {
    _turn: SemaphorePermit<'a>,
    _waiter: Waiter<'a>,
}

/// A call in the queue; leaves it when dropped.
struct Waiter<'a>(&'a Lane);

impl<'a> Waiter<'a> {
    fn begin(lane: &'a Lane) -> Waiter<'a> {
        let _rate = lane.rate();
        lane.waiting.fetch_add(1, Ordering::Relaxed);
        Waiter(lane)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let _rate = self.0.rate();
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request in flight; released when dropped.
pub(super) struct Flight<'a> {
    pub(super) lane: &'a Arc<Lane>,
    pub(super) ticket: Ticket,
    pub(super) feedback: Feedback,
    pub(super) landed: Option<Instant>,
}

impl Flight<'_> {
    pub(super) fn new(lane: &Arc<Lane>, ticket: Ticket) -> Flight<'_> {
        Flight { lane, ticket, feedback: Feedback::Unknown, landed: None }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut rate = self.lane.rate();
        rate.answered(self.ticket, self.landed.unwrap_or_else(Instant::now), self.feedback);
        // Who begins to wait after this looks at the rate first, and finds the room.
        if self.lane.waiting.load(Ordering::Relaxed) > 0 {
            self.lane.room.notify_one();
        }
    }
}

/// The slots of a call, if its scope has some; free again when dropped.
pub(super) struct Slot {
    permit: Option<OwnedSemaphorePermit>,
    weight: u32,
    /// Where it was sent, if that shares its slots with other processes.
    sent_on: Option<Arc<Lane>>,
}

impl Slot {
    /// Keeps the slots until the last byte of a download is here.
    pub(super) fn hold(self, body: ByteStream) -> ByteStream {
        match self.permit {
            Some(_) => Box::pin(SlotGuard { body, _slot: self }),
            None => body,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.permit.take());
        if let Some(lane) = &self.sent_on {
            {
                let _rate = lane.rate();
                lane.used.fetch_sub(self.weight, Ordering::Relaxed);
            }
            lane.wake();
            lane.leased.iter().for_each(Leased::freed);
        }
    }
}

struct SlotGuard {
    body: ByteStream,
    _slot: Slot,
}

impl Stream for SlotGuard {
    type Item = Result<Bytes>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.body.as_mut().poll_next(cx)
    }
}

// A panic while a lock is held leaves counters behind, nothing that could be half written.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
