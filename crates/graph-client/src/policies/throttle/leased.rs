//! Slots of a scope that are leased, because other processes use the same limit.
//!
//! A keeper renews the lease in the background while the scope is used, and gives it back afterwards, so that no request
//! waits for the store once the lease is there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::lane::Lane;
use crate::{SharedLimits, SlotLease, timer};

/// Delay before somebody who has got less than needed asks again.
const WAITS: Duration = Duration::from_millis(250);
/// Minimum delay between two renewals.
const APART: Duration = Duration::from_millis(20);
/// Delay before a lease on a scope without slots begins, which is there to learn of pauses alone: whoever sends a few
/// requests and ends asks for none.
const SETTLED: Duration = Duration::from_secs(1);
/// Duration of the client's own count where the limits cannot be reached.
const ALONE: Duration = Duration::from_secs(2);
/// Limit of a scope whose slots are not limited: each holder wants one of them.
const MANY: u32 = i32::MAX as u32;

/// A lease on the slots of a scope.
pub(super) struct Leased {
    limits: Arc<dyn SharedLimits>,
    scope: String,
    slots: Option<u32>,
    state: Mutex<State>,
    /// Wakes the keeper: more slots are needed, or some that are to be given up have become free.
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Number of slots that may be used now.
    granted: u32,
    /// End of the lease.
    until: Option<Instant>,
    /// Number that was wanted when the lease was renewed last.
    wanted: u32,
    /// Maximum number that was needed at once since then.
    needed: u32,
    /// Whether somebody else waits for the slots that are used beyond `granted`.
    yields: bool,
    /// Whether somebody else waits for its only slot, which it leaves when the lease is to be renewed.
    is_last_turn: bool,
    keeper: Option<AbortHandle>,
    failed: bool,
}

impl Leased {
    pub(super) fn new(limits: Arc<dyn SharedLimits>, key: u64, slots: Option<u32>) -> Leased {
        Leased { limits, scope: format!("{key:016x}"), slots, state: Mutex::default(), changed: Notify::new() }
    }

    /// Returns whether a call may go that needs `weight` slots more than are used.
    pub(super) fn admits(&self, lane: &Arc<Lane>, weight: u32, now: Instant) -> bool {
        let used = lane.used() + weight;
        let mut state = self.state();
        state.needed = state.needed.max(used);
        if state.keeper.as_ref().is_none_or(AbortHandle::is_finished) {
            state.keeper = Some(tokio::spawn(keep(lane.clone())).abort_handle());
        }
        if self.slots.is_none() {
            return true;
        }
        let valid = state.until.is_some_and(|until| now < until);
        // A batch needs more at once than others may leave it; alone in this process it goes all the same.
        if valid && (used <= state.granted || (state.granted > 0 && used == weight)) {
            return true;
        }
        if used > state.wanted && !state.yields {
            self.changed.notify_one();
        }
        false
    }

    /// Returns slots that are not in use any more.
    pub(super) fn freed(&self) {
        if self.state().yields {
            self.changed.notify_one();
        }
    }

    /// Reports that Graph asked to wait.
    pub(super) async fn pause(&self, time: Duration) {
        if let Err(error) = self.limits.pause(&self.scope, time).await {
            tracing::warn!(%error, "other processes do not know that Graph asked to wait");
        }
    }

    /// Ends the lease, whoever may use it still.
    pub(super) async fn end(&self) {
        let kept = std::mem::take(&mut *self.state());
        if let Some(keeper) = kept.keeper {
            keeper.abort();
        }
        if kept.until.is_some() || kept.wanted > 0 {
            self.release().await;
        }
    }

    async fn release(&self) {
        if let Err(error) = self.limits.release(&self.scope).await {
            tracing::debug!(%error, "a lease on a limit ends by itself");
        }
    }

    /// Returns what to ask for: 0 when nothing was needed since the last time.
    fn want(&self, lane: &Lane) -> u32 {
        let Some(slots) = self.slots else { return u32::from(std::mem::take(&mut self.state().needed) > 0) };
        let (used, waiting) = (lane.used(), lane.waiting());
        let mut state = self.state();
        let needed = std::mem::take(&mut state.needed).max(used.saturating_add(waiting)).min(slots);
        if std::mem::take(&mut state.is_last_turn) {
            (state.granted, state.yields) = (0, true);
        }
        state.wanted = if state.yields { needed.min(state.granted.max(used)) } else { needed };
        if state.wanted == 0 {
            // Nothing is admitted by a lease that is being given back; what waits asks for another.
            (state.granted, state.until, state.yields, state.needed) = (0, None, false, needed);
        }
        state.wanted
    }

    fn renewed(&self, lease: SlotLease, asked: Instant) {
        let mut state = self.state();
        state.failed = false;
        let is_leaving = state.yields && state.granted == 0;
        (state.granted, state.yields, state.is_last_turn) = match lease.slots {
            slots if !lease.contended || self.slots.is_none() => (slots, false, false),
            // Whoever left a slot before using it would never have a turn.
            1 if !is_leaving => (1, false, true),
            slots => (slots / 2, true, false),
        };
        state.until = Some(asked + lease.time);
    }

    // A store that does not answer holds nobody back: Graph refuses what is too much.
    fn on_its_own(&self, asked: Instant) {
        let mut state = self.state();
        state.failed = true;
        (state.yields, state.is_last_turn) = (false, false);
        state.granted = self.slots.unwrap_or(MANY);
        state.until = Some(asked + ALONE);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a lease while its scope is used.
async fn keep(lane: Arc<Lane>) {
    let Some(leased) = &lane.leased else { return };
    if leased.slots.is_none() {
        timer::pause(SETTLED).await;
    }
    loop {
        let want = leased.want(&lane);
        if want == 0 {
            leased.release().await;
            // Whoever comes after this finds no keeper.
            let mut state = leased.state();
            if state.needed == 0 {
                state.keeper = None;
                return;
            }
            continue;
        }
        let asked = Instant::now();
        let next = match leased.limits.lease(&leased.scope, want, leased.slots.unwrap_or(MANY)).await {
            Ok(lease) => {
                if let Some(time) = lease.paused {
                    lane.pause(Instant::now() + time);
                }
                leased.renewed(lease, asked);
                if lease.slots < want { WAITS.min(lease.time / 2) } else { lease.time / 2 }
            }
            Err(error) => {
                if !leased.state().failed {
                    tracing::warn!(%error, "limits are not kept together with other processes for now");
                }
                leased.on_its_own(asked);
                ALONE / 2
            }
        };
        lane.wake();
        // However the load changes, the store is not asked all the time.
        timer::until(asked + APART).await;
        leased.wait(&lane, asked + next).await;
    }
}

impl Leased {
    /// Waits until the lease is to be renewed: it is time, more is needed, or what others wait for has become free.
    async fn wait(&self, lane: &Lane, then: Instant) {
        loop {
            {
                let state = self.state();
                let yields_now = state.yields && lane.used() <= state.granted;
                let needs_more = !state.yields && state.needed > state.wanted && state.wanted < self.slots.unwrap_or(1);
                if yields_now || needs_more {
                    return;
                }
            }
            tokio::select! {
                () = timer::until(then) => return,
                () = self.changed.notified() => {}
            }
        }
    }
}
