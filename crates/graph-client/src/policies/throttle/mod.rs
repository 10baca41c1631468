//! Policy **throttle**: the number of a scope's calls in flight, and when the next one may be sent.
//!
//! A call passes two queues: its mailbox's or service's, and its app's. Graph does not say whose limit a refusal came
//! from. When calls of several scopes are refused in a row, it is the app's, and then the scopes learn nothing from it: a
//! share of a common limit is no limit of their own.

mod lane;
mod leased;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_sdk::{Code, Error, Result, Retry};
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use self::lane::{Flight, Lane, Slot, lock};
use self::leased::Leased;
use super::rate::{Admission, Feedback, Ticket};
use super::retry::is_too_late;
use crate::call::{Call, HttpResponse, ResponseBody};
use crate::limit_scope::LimitScope;
use crate::pipeline::{Next, Policy};
use crate::send::seconds;
use crate::{ProgressEvent, Session, SharedLimits, timer};

/// Number of scopes that are kept before idle ones are removed.
const SCOPES: usize = 1024;

/// Policy that holds calls back: few at once to a mailbox, none while Graph asked for a pause, and no more in a window
/// than Graph was seen to accept. Calls to one scope are sent in the order in which they came.
pub(crate) struct Throttle {
    lanes: Mutex<Lanes>,
    patience: Duration,
    /// Limits that other processes keep too.
    shared: Option<Arc<dyn SharedLimits>>,
}

struct Lanes {
    by_scope: HashMap<u64, Arc<Lane>>,
    // When there are so many, those that know nothing are forgotten.
    sweep_at: usize,
}

impl Throttle {
    pub(crate) fn new(patience: Duration, shared: Option<Arc<dyn SharedLimits>>) -> Throttle {
        Throttle { lanes: Mutex::new(Lanes { by_scope: HashMap::new(), sweep_at: SCOPES }), patience, shared }
    }

    /// Holds all calls of a scope back for `time`, because a part of a batch was refused.
    pub(crate) async fn pause(&self, scope: LimitScope, time: Duration) {
        tell(pause(&self.lane(scope), Instant::now(), time)).await;
    }

    /// Gives back what is leased of shared limits.
    pub(crate) async fn end_leases(&self) {
        let all: Vec<_> = lock(&self.lanes).by_scope.values().cloned().collect();
        for lane in &all {
            if let Some(leased) = &lane.leased {
                leased.end().await;
            }
        }
    }

    fn lane(&self, scope: LimitScope) -> Arc<Lane> {
        let mut lanes = lock(&self.lanes);
        if let Some(lane) = lanes.by_scope.get(&scope.key) {
            return lane.clone();
        }
        if lanes.by_scope.len() >= lanes.sweep_at {
            let now = Instant::now();
            lanes.by_scope.retain(|_, lane| Arc::strong_count(lane) > 1 || !lane.is_idle(now));
            // Where many are in use, the next sweep is worth its while only after many more.
            lanes.sweep_at = SCOPES.max(2 * lanes.by_scope.len());
        }
        // What is not Graph has no app, and nothing is known of its limits.
        let shared = self.shared.as_ref().filter(|_| scope.app.is_some());
        let leased = |key, slots| shared.map(|limits| Leased::new(limits.clone(), key, slots));
        let app = scope
            .app
            .map(|key| lanes.by_scope.entry(key).or_insert_with(|| Lane::new(None, None, leased(key, None))).clone());
        let lane = Lane::new(scope.slots, app, leased(scope.key, scope.slots));
        lanes.by_scope.insert(scope.key, lane.clone());
        lane
    }

    /// Waits until a call may be sent, and returns when that was.
    async fn enter<'l>(
        &self,
        lane: &'l Arc<Lane>,
        session: &Session,
        weight: u32,
        now: Instant,
    ) -> Result<(Flight<'l>, Slot, Instant)> {
        let ((ticket, slot), at) = match lane.admit_now(weight, now) {
            Some(admitted) => (admitted, now),
            None => (Box::pin(self.wait(lane, session, weight)).await?, Instant::now()),
        };
        Ok((Flight::new(lane, ticket), slot, at))
    }

    async fn wait(&self, lane: &Arc<Lane>, session: &Session, weight: u32) -> Result<(Ticket, Slot)> {
        let (_turn, mut slot) = lane.turn(weight).await.ok_or_else(|| Error::bug("a queue of requests was closed"))?;
        loop {
            let now = Instant::now();
            match lane.admit(&mut slot, now) {
                Some(Admission::Go(ticket)) => return Ok((ticket, slot)),
                None | Some(Admission::WhenAnswered) => lane.room().await,
                Some(Admission::At(then)) => {
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
                        () = lane.room() => {}
                    }
                }
            }
        }
    }
}

/// Holds the calls of a scope back; returns what other processes are to be told.
fn pause(lane: &Lane, now: Instant, time: Duration) -> Option<(&Leased, Duration)> {
    let is_news = lane.pause(now + time);
    lane.leased.as_ref().filter(|_| is_news).map(|leased| (leased, time))
}

async fn tell(news: Option<(&Leased, Duration)>) {
    if let Some((leased, time)) = news {
        leased.pause(time).await;
    }
}

impl Policy for Throttle {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        Box::pin(async move {
            let lane = self.lane(call.scope);
            let (mut flight, slot, at) = self.enter(&lane, call.session(), call.scope.weight, Instant::now()).await?;
            let mut app = match &lane.app {
                Some(app) => Some(self.enter(app, call.session(), 1, at).await?.0),
                None => None,
            };
            let mut answer = next.send(call).await?;
            let now = Instant::now();
            flight.landed = Some(now);
            if let Some(app) = &mut app {
                app.landed = Some(now);
            }
            let mut news = None;
            match (answer.status.as_u16(), answer.retry_after) {
                // What another host refuses says nothing about Graph.
                _ if answer.from_graph != call.routing.to_graph => {}
                (429 | 503 | 509, Some(after)) if !after.is_zero() => {
                    flight.feedback = Feedback::Refused(after);
                    let mut refusing = &lane;
                    if let Some(app) =
                        app.as_mut().filter(|app| app.lane.is_to_blame(&lane, app.ticket.number, now, after))
                    {
                        flight.feedback = Feedback::Held(after);
                        app.feedback = Feedback::Refused(after);
                        refusing = app.lane;
                    }
                    news = pause(refusing, now, after);
                }
                (429 | 503 | 509, _) => {}
                _ => {
                    flight.feedback = Feedback::Accepted;
                    if let Some(app) = &mut app {
                        app.feedback = Feedback::Accepted;
                    }
                }
            }
            drop((flight, app));
            tell(news).await;
            // A download is in flight until its last byte is here.
            answer.body = match answer.body {
                ResponseBody::Stream(body) => ResponseBody::Stream(slot.hold(body)),
                body => body,
            };
            Ok(answer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_scopes_are_forgotten_and_others_are_not() {
        let throttle = Throttle::new(Duration::from_secs(300), None);
        let scope = |key| LimitScope { key, app: None, slots: None, weight: 1 };
        let used = throttle.lane(scope(0));
        throttle.lane(scope(1)).pause(Instant::now() + Duration::from_secs(60));
        for key in 2..10_000 {
            throttle.lane(scope(key));
        }
        assert!(lock(&throttle.lanes).by_scope.len() <= SCOPES + 1);
        assert!(Arc::ptr_eq(&used, &throttle.lane(scope(0))));
        assert!(throttle.lane(scope(1)).admit_now(1, Instant::now()).is_none());
    }
}
