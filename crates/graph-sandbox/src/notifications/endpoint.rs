//! What waits for one URL, and how well it answers.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;

use super::Item;

/// How far back answers count.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Fewer answers than this say nothing. Graph documents no such number; without it, one late answer would be all.
const ENOUGH: usize = 10;
/// The most answers that are remembered.
const REMEMBERED: usize = 1_000;
/// How much later a slow endpoint is notified.
pub(super) const SLOW: Duration = Duration::from_secs(10);

/// How well an endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Fast,
    /// More than a tenth of its answers were late.
    Slow,
    /// At least 15 in 100 were: it is notified of nothing.
    Dropped,
}

#[derive(Debug, Default)]
pub(super) struct Endpoint {
    queue: VecDeque<Item>,
    /// What the next one shall overtake.
    held: Vec<Item>,
    /// A request is on its way. There is one at a time, so that what is sent arrives in order.
    pub(super) busy: bool,
    answers: VecDeque<(Timestamp, bool)>,
}

impl Endpoint {
    /// Adds what waits. What was held back goes behind it.
    pub(super) fn push(&mut self, item: Item) {
        if item.held {
            self.held.push(item);
            return;
        }
        self.queue.push_back(item);
        let now = Instant::now();
        self.queue.extend(self.held.drain(..).map(|held| Item { held: false, due: now, ..held }));
    }

    /// Adds what is to be sent again, which overtakes nothing.
    pub(super) fn push_again(&mut self, item: Item) {
        self.queue.push_back(item);
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len() + self.held.len()
    }

    /// Drops what is not kept, and returns how many that were.
    pub(super) fn retain(&mut self, keep: impl Fn(&Item) -> bool) -> usize {
        let before = self.len();
        self.queue.retain(&keep);
        self.held.retain(&keep);
        before - self.len()
    }

    /// Takes what is sent in one request: at most `most` that are due and were sent equally often.
    pub(super) fn take(&mut self, now: Instant, most: usize) -> Vec<Item> {
        let alone = self.held.extract_if(.., |item| item.due <= now);
        self.queue.extend(alone.map(|item| Item { held: false, ..item }));
        let mut taken: Vec<Item> = Vec::new();
        let mut ids: HashSet<String> = HashSet::new();
        let mut at = 0;
        while at < self.queue.len() && taken.len() < most.max(1) {
            let item = &self.queue[at];
            let id = item.body.get("id").and_then(Value::as_str).unwrap_or_default();
            let fits = item.due <= now
                && taken.first().is_none_or(|first| first.attempts == item.attempts)
                && (id.is_empty() || !ids.contains(id));
            if fits && let Some(item) = self.queue.remove(at) {
                ids.extend(item.body.get("id").and_then(Value::as_str).map(str::to_owned));
                taken.push(item);
            } else {
                at += 1;
            }
        }
        taken
    }

    /// When the next one is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.queue.iter().chain(&self.held).map(|item| item.due).min()
    }

    pub(super) fn answered(&mut self, at: Timestamp, late: bool) {
        if self.answers.len() == REMEMBERED {
            self.answers.pop_front();
        }
        self.answers.push_back((at, late));
    }

    pub(super) fn pace(&mut self, now: Timestamp) -> Pace {
        while self.answers.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.answers.pop_front();
        }
        let (all, late) = (self.answers.len(), self.answers.iter().filter(|(_, late)| *late).count());
        match late * 100 {
            _ if all < ENOUGH => Pace::Fast,
            late if late >= all * 15 => Pace::Dropped,
            late if late > all * 10 => Pace::Slow,
            _ => Pace::Fast,
        }
    }
}
