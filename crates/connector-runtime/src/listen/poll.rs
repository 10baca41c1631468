//! One poll of a trigger: a page of events, committed with the new cursor.

use std::sync::Arc;

use connector_sdk::{AnyEvent, AnyTrigger, Code, Error, Json, Poll, Result};
use jiff::Timestamp;
use serde_json::Value;

use super::Gap;
use super::graph_clock::{FirstResponse, GraphClock, ResponseTime};
use super::pace::{Looked, NextPoll, PollPace};
use super::stored::StoredCursor;
use crate::connection::Connected;
use crate::host::Host;
use crate::run::Run;
use crate::store::{NewEvent, Revision};

/// A poller of a trigger, of a listener or a watch.
pub(crate) struct Poller {
    pub(crate) host: Host,
    /// Id of the trigger, with its connector.
    pub(crate) trigger: String,
    /// Name of the connection.
    pub(crate) connection: String,
    /// Id of the connection: another one under its name is not polled with this one's cursor.
    pub(crate) id: Arc<str>,
    /// Input of the trigger, without its interval.
    pub(crate) input: Value,
    /// Name under which cursor and events are stored.
    pub(crate) source: String,
    /// What earlier polls have shown.
    pub(crate) seen: PollsSeen,
}

/// What the polls of a trigger have shown to this process.
#[derive(Default)]
pub(crate) struct PollsSeen {
    pub(super) pace: PollPace,
    clock: GraphClock,
}

impl PollsSeen {
    /// Returns whether a new event came with the last poll, or all was read.
    pub(crate) fn is_fresh(&self) -> bool {
        self.pace.is_fresh()
    }
}

/// Result of a poll that was committed.
pub(crate) struct Polled {
    /// When the next poll is due.
    pub(crate) next: NextPoll,
    /// What may have been missed.
    pub(crate) gaps: Vec<Gap>,
    /// Number of events that were new.
    pub(crate) new: usize,
}

impl Poller {
    /// Polls once, and commits what was found together with the new cursor.
    ///
    /// # Errors
    /// Those of the connection and of Graph; `not_connected` when the connection was replaced; `conflict` when another
    /// poller has committed meanwhile. Nothing is committed then.
    pub(crate) async fn poll(&mut self) -> Result<Polled> {
        let (revision, stored) = match self.host.0.log.cursor(&self.source).await? {
            None => (None, None),
            Some((revision, bytes)) => (Some(revision), Some(StoredCursor::read(bytes)?)),
        };
        let before = stored.as_ref().and_then(|stored| stored.at);
        let since = stored.as_ref().and_then(|stored| stored.since);
        let cursor = stored.as_ref().and_then(|stored| stored.cursor.as_ref());
        let (poll, gaps, now) = self.look(cursor, since, before).await?;
        let events =
            poll.events.into_iter().map(|event| Ok(NewEvent::new(event.id, event.data.into_json().bytes().clone())));
        let entries = gaps
            .iter()
            .map(|gap| gap.entry(revision.map(Revision::number)))
            .chain(events)
            .collect::<Result<Vec<_>>>()?;
        let cursor = StoredCursor::write(now, &poll.cursor);
        let committed = self.host.0.log.commit(&self.source, revision, &entries, cursor).await?;
        let new = committed.added.saturating_sub(gaps.len());
        let looked = Looked { more: poll.more, new: new > 0, empty: poll.empty, cursor: &poll.cursor };
        Ok(Polled { next: self.seen.pace.after(&looked), gaps, new })
    }

    /// Polls once from `since`, or from now, and commits nothing.
    ///
    /// # Errors
    /// As [`Poller::poll`].
    pub(crate) async fn try_poll(&mut self, since: Option<Timestamp>) -> Result<(Vec<AnyEvent>, Vec<Gap>)> {
        let (poll, gaps, _) = self.look(None, since, None).await?;
        let events = poll.events.into_iter().map(|event| AnyEvent::new(event.id, event.data.into_json()));
        Ok((events.collect(), gaps))
    }

    // Looks at Graph. `since`: where a trigger without a cursor begins; `before`: the time of the last poll.
    async fn look(
        &mut self,
        cursor: Option<&Json>,
        since: Option<Timestamp>,
        before: Option<Timestamp>,
    ) -> Result<(Poll<(), Json>, Vec<Gap>, Timestamp)> {
        let host = self.host.clone();
        let found = host.0.registry.trigger(&self.trigger)?;
        let connected = host.0.connections.connect(&self.connection).await?;
        if connected.id != self.id {
            return Err(Error::new(
                Code::NotConnected,
                format!("the connection `{}` was replaced by another one", self.connection),
            )
            .with_hint("Begin again with the new one: the trigger starts with events from now on."));
        }
        let mut input = self.input.clone();
        if let (None, Some(since), Some(input)) = (cursor, since, input.as_object_mut()) {
            input.insert(SINCE.to_owned(), since.to_string().into());
        }
        let (mut poll, now) = self.poll_at_graphs_time(found.item, &connected, &input, cursor).await?;
        let lost = Gap::of(poll.lost.take(), found.item.spec().misses, before, now);
        let skipped = std::mem::take(&mut poll.skipped);
        let gaps = lost.into_iter().chain(Gap::of_skipped(skipped, before, now)).collect();
        Ok((poll, gaps, now))
    }

    // Polls at Graph's time. Nothing is committed yet, so a poll at another time is simply made again.
    async fn poll_at_graphs_time(
        &mut self,
        trigger: &dyn AnyTrigger,
        connected: &Connected,
        input: &Value,
        cursor: Option<&Json>,
    ) -> Result<(Poll<(), Json>, Timestamp)> {
        let (poll, now, response) = self.ask(trigger, connected, input, cursor).await?;
        let Some(clock) = GraphClock::corrected(now, response) else { return Ok((poll, now)) };
        self.seen.clock = clock;
        let (poll, now, _) = self.ask(trigger, connected, input, cursor).await?;
        Ok((poll, now))
    }

    async fn ask(
        &self,
        trigger: &dyn AnyTrigger,
        connected: &Connected,
        input: &Value,
        cursor: Option<&Json>,
    ) -> Result<(Poll<(), Json>, Timestamp, Option<ResponseTime>)> {
        // A poll reads no files and reports no progress.
        let first = Arc::new(FirstResponse::new(self.host.0.now.clone()));
        let mut session = connected.session(trigger.spec().scopes);
        session.observer = Some(first.clone());
        let run = Run::new(self.trigger.as_str(), self.connection.as_str(), Value::Null);
        let cx = self.host.context(connected, &run, &session)?;
        let now = self.seen.clock.at(cx.now);
        let cx = cx.with_now(now);
        let plan = trigger.poll(input.clone(), cursor, &cx)?;
        Ok((connected.client.run(plan, &session, &mut Vec::new()).await?, now, first.time()))
    }
}

/// Name of the input from which a trigger without a cursor begins.
pub(crate) const SINCE: &str = "since";
