//! A rule: which notifications go wrong, and how.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Item, Notice};
use crate::clock::later;
use crate::random::Random;

/// A reordered notification that no other one overtakes is sent after this time.
const ALONE: Duration = Duration::from_secs(1);

/// Which notifications go wrong. In JSON, as `POST /sandbox/notifications` takes it:
/// `{"fault": {"kind": "delay", "millis": 500}, "subscription": "…", "nth": 2, "times": 1}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NotificationRule {
    /// What happens.
    pub fault: NotificationFault,
    /// Only notifications of this subscription, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// Lifecycle notifications, instead of change notifications.
    #[serde(default)]
    pub lifecycle: bool,
    /// From which matching notification on, counted from 1.
    #[serde(default = "first")]
    pub nth: u64,
    /// How often; without it, until the rules are cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// With which probability, from 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// The seed of the probability: the same seed strikes the same notifications.
    #[serde(default)]
    pub seed: u64,
}

fn first() -> u64 {
    1
}
fn always() -> f64 {
    1.0
}

/// What happens to a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum NotificationFault {
    /// It is sent later; others overtake it.
    Delay {
        /// How much later.
        millis: u64,
    },
    /// It is lost.
    Drop,
    /// It is sent twice, in two requests.
    Duplicate,
    /// The next notification to the same URL overtakes it; if none comes within a second, it is sent.
    Reorder,
    /// Its `clientState` is not the subscription's.
    WrongClientState,
    /// It has no `id`.
    WithoutId,
    /// All are lost for a time, while the subscription stays valid.
    Silence {
        /// How long, on the sandbox's clock; without it, until the rules are cleared.
        #[serde(default)]
        seconds: Option<u64>,
    },
}

impl NotificationRule {
    /// A rule for every change notification.
    pub fn new(fault: NotificationFault) -> NotificationRule {
        NotificationRule {
            fault,
            subscription: None,
            lifecycle: false,
            nth: first(),
            times: None,
            probability: always(),
            seed: 0,
        }
    }

    /// Only notifications of this subscription.
    pub fn subscription(mut self, id: &str) -> NotificationRule {
        self.subscription = Some(id.to_owned());
        self
    }
    /// Lifecycle notifications, instead of change notifications.
    pub fn lifecycle(mut self) -> NotificationRule {
        self.lifecycle = true;
        self
    }
    /// From which matching notification on, counted from 1.
    pub fn nth(mut self, nth: u64) -> NotificationRule {
        self.nth = nth;
        self
    }
    /// How often.
    pub fn times(mut self, times: u64) -> NotificationRule {
        self.times = Some(times);
        self
    }
    /// With this probability, from 0 to 1; the same seed strikes the same notifications.
    pub fn probability(mut self, probability: f64, seed: u64) -> NotificationRule {
        (self.probability, self.seed) = (probability, seed);
        self
    }
}

/// A rule, and what it has done.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) rule: NotificationRule,
    matched: u64,
    fired: u64,
    random: Random,
    /// When a silence ends.
    until: Option<Timestamp>,
}

/// How a notification is sent.
#[derive(Debug, Default)]
pub(super) struct Manner {
    pub(super) lost: bool,
    pub(super) twice: bool,
}

impl Live {
    pub(super) fn new(rule: NotificationRule, now: Timestamp) -> Live {
        let until = match rule.fault {
            NotificationFault::Silence { seconds } => seconds.map(|seconds| later(now, Duration::from_secs(seconds))),
            _ => None,
        };
        let random = Random::new(rule.seed);
        Live { rule, matched: 0, fired: 0, random, until }
    }

    /// Whether the rule strikes, which counts.
    pub(super) fn strikes(&mut self, notice: &Notice, now: Timestamp) -> bool {
        let rule = &self.rule;
        let other = rule.subscription.as_ref().is_some_and(|id| !id.eq_ignore_ascii_case(&notice.subscription));
        let over = rule.times.is_some_and(|times| self.fired >= times) || self.until.is_some_and(|until| now >= until);
        if other || over || rule.lifecycle != notice.lifecycle {
            return false;
        }
        self.matched += 1;
        if self.matched < rule.nth || self.random.fraction() >= rule.probability {
            return false;
        }
        self.fired += 1;
        true
    }
}

impl NotificationFault {
    pub(super) fn apply(&self, item: &mut Item, manner: &mut Manner) {
        match self {
            NotificationFault::Delay { millis } => item.due += Duration::from_millis(*millis),
            NotificationFault::Drop | NotificationFault::Silence { .. } => manner.lost = true,
            NotificationFault::Duplicate => manner.twice = true,
            NotificationFault::Reorder => {
                item.held = true;
                item.due = item.due.max(Instant::now() + ALONE);
            }
            NotificationFault::WrongClientState => {
                item.body.insert("clientState".into(), "not-the-client-state".into());
            }
            NotificationFault::WithoutId => _ = item.body.remove("id"),
        }
    }
}
