//! One poll of a listener: a page of events, committed with the new cursor.

use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{AnyTrigger, Code, Error, Json, Result, Retry};
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

use super::graph_clock::{FirstResponse, GraphClock, ResponseTime};
use super::pace::{Looked, NextPoll};
use super::stored::StoredCursor;
use super::{Gap, Listen, Listener, Notice};
use crate::connection::Connected;
use crate::host::Host;
use crate::run::Run;
use crate::store::{NewEvent, Revision};

impl Listener {
    /// Polls once. What passes by itself is waited out, with longer and longer pauses, and no shorter than Graph asks.
    pub(super) async fn poll_with_backoff(&mut self) -> Result<()> {
        match self.poll().await {
            Ok(next) => {
                if self.pace.is_fresh() {
                    self.failures = 0;
                }
                let pause = match next {
                    NextPoll::Now => Duration::ZERO,
                    NextPoll::AtItsTime => self.interval,
                    NextPoll::After(pause) => pause,
                    NextPoll::Stuck { why, .. } => {
                        let pause = self.pause();
                        self.failures += 1;
                        self.notice(&Notice::Endless { why, pause_seconds: pause.as_secs() });
                        pause
                    }
                };
                self.next_look = Instant::now() + pause;
                Ok(())
            }
            Err(error) if matches!(error.code(), Code::Unavailable | Code::Throttled | Code::OutcomeUnknown) => {
                let usual = self.pause();
                let pause = match error.retryability() {
                    Retry::After(after) => after.max(usual),
                    _ => usual,
                };
                self.failures += 1;
                tracing::warn!(trigger = self.listen.trigger, %error, pause_seconds = pause.as_secs(), "a poll failed and will be repeated");
                self.next_look = Instant::now() + pause;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    // How long to wait after so many failures in a row.
    fn pause(&self) -> Duration {
        self.interval.min(Duration::from_secs(5)) * 2u32.pow(self.failures.min(6))
    }

    // Polls at Graph's time. Nothing is committed yet, so a poll at another time is simply made again.
    async fn poll_at_graphs_time(
        &mut self,
        trigger: &dyn AnyTrigger,
        connected: &Connected,
        cursor: Option<&Json>,
    ) -> Result<(connector_sdk::Poll<(), Json>, Timestamp)> {
        let (host, listen) = (self.host.clone(), self.listen.clone());
        let (poll, now, response) = poll(&host, trigger, connected, &listen, cursor, self.clock).await?;
        let Some(clock) = GraphClock::corrected(now, response) else { return Ok((poll, now)) };
        self.clock = clock;
        let (poll, now, _) = self::poll(&host, trigger, connected, &listen, cursor, clock).await?;
        Ok((poll, now))
    }

    /// Polls once, and returns when the next poll is due.
    pub(super) async fn poll(&mut self) -> Result<NextPoll> {
        let host = self.host.clone();
        let found = host.0.registry.trigger(&self.listen.trigger)?;
        let connected = self.host.0.connections.connect(&self.listen.connection).await?;
        if connected.id != self.id {
            return Err(Error::new(
                Code::NotConnected,
                format!("the connection `{}` was replaced by another one", self.listen.connection),
            )
            .with_hint("Listen again: the trigger starts with events from now on."));
        }
        let (revision, stored) = match self.host.0.log.cursor(&self.source).await? {
            None => (None, None),
            Some((revision, bytes)) => (Some(revision), Some(StoredCursor::read(bytes)?)),
        };
        let before = stored.as_ref().and_then(|stored| stored.at);
        let cursor = stored.as_ref().map(|stored| &stored.cursor);
        let (poll, now) = self.poll_at_graphs_time(found.item, &connected, cursor).await?;
        let lost = Gap::of(poll.lost, found.item.spec().misses, before, now);
        let gaps: Vec<Gap> = lost.into_iter().chain(Gap::of_skipped(poll.skipped, before, now)).collect();
        let events =
            poll.events.into_iter().map(|event| Ok(NewEvent::new(event.id, event.data.into_json().bytes().clone())));
        let entries = gaps
            .iter()
            .map(|gap| gap.entry(revision.map(Revision::number)))
            .chain(events)
            .collect::<Result<Vec<_>>>()?;
        let committed =
            self.host.0.log.commit(&self.source, revision, &entries, StoredCursor::write(now, &poll.cursor)).await?;
        let new = committed.added > gaps.len();
        gaps.into_iter().for_each(|gap| self.notice(&Notice::Gap(gap)));
        Ok(self.pace.after(&Looked { more: poll.more, new, empty: poll.empty, cursor: &poll.cursor }))
    }
}

async fn poll(
    host: &Host,
    trigger: &dyn AnyTrigger,
    connected: &Connected,
    listen: &Listen,
    cursor: Option<&Json>,
    clock: GraphClock,
) -> Result<(connector_sdk::Poll<(), Json>, Timestamp, Option<ResponseTime>)> {
    // A poll reads no files and reports no progress.
    let first = Arc::new(FirstResponse::new(host.0.now.clone()));
    let mut session = connected.session(trigger.spec().scopes);
    session.observer = Some(first.clone());
    let run = Run::new(listen.trigger.as_str(), listen.connection.as_str(), Value::Null);
    let cx = host.context(connected, &run, &session)?;
    let now = clock.at(cx.now);
    let cx = cx.with_now(now);
    let plan = trigger.poll(listen.input.clone(), cursor, &cx)?;
    Ok((connected.client.run(plan, &session, &mut Vec::new()).await?, now, first.time()))
}
