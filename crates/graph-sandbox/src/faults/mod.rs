//! Faults on demand: rules that make requests fail, and limits that stand.

mod answer;
mod limits;
mod rule;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

pub use limits::Limit;
pub use rule::{Fault, HostileLink, RetryAfter, Rule};

use crate::random::Random;
use crate::{Clock, lock};
use limits::{InFlight, Limits, Over};

pub(crate) use answer::{mislead, truncate};
pub(crate) use limits::mailbox;

/// The faults of a sandbox; see [`Sandbox::faults`](crate::Sandbox::faults).
#[derive(Debug)]
pub struct Faults {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Live>,
    limits: Limits,
    // when each refused request may come again
    pauses: HashMap<u64, (Instant, Fault)>,
    fired: u64,
    early: u64,
}

#[derive(Debug)]
struct Live {
    rule: Rule,
    matched: u64,
    fired: u64,
    random: Random,
}

/// What the faults have done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultCounts {
    /// How often a rule struck.
    pub fired: u64,
    /// How many requests a limit refused.
    pub refused: u64,
    /// How many requests came before `Retry-After` was over.
    pub early: u64,
    /// The most requests at once in one mailbox, with or without a limit.
    pub most_in_flight: usize,
}

/// What will happen to one request.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    /// It is answered without the work.
    pub(crate) refuse: Option<Response<Bytes>>,
    /// The connection drops without the work.
    pub(crate) drop_before: bool,
    pub(crate) drop_after: bool,
    pub(crate) truncate: Option<usize>,
    pub(crate) mislead: Option<HostileLink>,
    // its place in the mailbox is given back when the verdict is dropped
    _place: Option<InFlight>,
}

/// A request, and what is known of its sender.
pub(crate) struct Asked<'a> {
    pub(crate) origin: &'a str,
    pub(crate) request: &'a Request<Bytes>,
    /// What the claims of its token are, if it has a valid one.
    pub(crate) claims: Option<Option<&'a Value>>,
    /// The object id of the mailbox's owner.
    pub(crate) mailbox: Option<String>,
    /// It is a part of a `$batch`.
    pub(crate) part: bool,
}

impl Faults {
    pub(crate) fn new(clock: Clock) -> Faults {
        Faults { clock, state: Mutex::default() }
    }

    /// Adds a rule. The first rule that refuses a request decides; delays add up.
    pub fn add(&self, rule: Rule) {
        let random = Random::new(rule.seed);
        lock(&self.state).rules.push(Live { rule, matched: 0, fired: 0, random });
    }
    /// Sets a limit; one of each kind stands at a time.
    pub fn limit(&self, limit: Limit) {
        lock(&self.state).limits.set(limit);
    }
    /// Takes every rule and limit away, and sets the counts to zero.
    pub fn clear(&self) {
        *lock(&self.state) = State::default();
    }
    /// The rules.
    pub fn rules(&self) -> Vec<Rule> {
        lock(&self.state).rules.iter().map(|live| live.rule.clone()).collect()
    }
    /// What the faults have done so far.
    pub fn counts(&self) -> FaultCounts {
        let state = lock(&self.state);
        FaultCounts {
            fired: state.fired,
            refused: state.limits.refused,
            early: state.early + state.limits.early,
            most_in_flight: state.limits.most_in_flight(),
        }
    }

    /// What will happen to a request.
    pub(crate) fn judge(&self, asked: &Asked<'_>) -> Verdict {
        let mut state = lock(&self.state);
        let mut verdict = Verdict::default();
        if let Some(over) = state.over_limit(asked, &mut verdict) {
            verdict.refuse = Some(self.over(asked, &over));
            return verdict;
        }
        if let Some(fault) = state.again_too_early(asked) {
            self.apply(asked, &fault, &mut state, &mut verdict);
            return verdict;
        }
        let struck: Vec<Fault> = state.rules.iter_mut().filter_map(|live| live.strikes(asked)).collect();
        for fault in struck {
            state.fired += 1;
            self.apply(asked, &fault, &mut state, &mut verdict);
            if verdict.refuse.is_some() || verdict.drop_before {
                break;
            }
        }
        verdict
    }

    fn apply(&self, asked: &Asked<'_>, fault: &Fault, state: &mut State, verdict: &mut Verdict) {
        match fault {
            Fault::Slow { millis } => verdict.delay += Duration::from_millis(*millis),
            Fault::ResetBefore => verdict.drop_before = true,
            Fault::ResetAfter => verdict.drop_after = true,
            Fault::Truncate { bytes } => verdict.truncate = Some(*bytes),
            Fault::HostileNextLink { link } => verdict.mislead = Some(*link),
            refusal => {
                let (response, pause) = self.refusal(asked, refusal);
                verdict.refuse = Some(response);
                if let Some(pause) = pause {
                    let now = Instant::now();
                    state.pauses.retain(|_, (until, _)| *until > now);
                    state.pauses.insert(key(asked.request), (now + pause, fault.clone()));
                }
            }
        }
    }
}

impl State {
    fn over_limit(&mut self, asked: &Asked<'_>, verdict: &mut Verdict) -> Option<Over> {
        let path = asked.request.uri().path();
        let graph = asked.part || ["/v1.0/", "/beta/"].iter().any(|version| path.starts_with(version));
        // a batch costs what its parts cost
        if graph && !path.ends_with("/$batch") {
            self.limits.rate().err().or_else(|| {
                let mailbox = asked.mailbox.clone()?;
                self.limits.enter(mailbox).map(|place| verdict._place = Some(place)).err()
            })
        } else {
            None
        }
    }

    // The same request again, before its Retry-After was over.
    fn again_too_early(&mut self, asked: &Asked<'_>) -> Option<Fault> {
        if self.pauses.is_empty() {
            return None;
        }
        let (until, fault) = self.pauses.remove(&key(asked.request))?;
        (Instant::now() < until).then(|| {
            self.early += 1;
            fault
        })
    }
}

impl Live {
    // Whether the rule strikes, which counts.
    fn strikes(&mut self, asked: &Asked<'_>) -> Option<Fault> {
        let rule = &self.rule;
        if !rule.is_about(asked.request, asked.part) || rule.times.is_some_and(|times| self.fired >= times) {
            return None;
        }
        if let Fault::ClaimsChallenge { claims } = &rule.fault {
            // without a valid token there is nothing to challenge
            if answer::met(claims, asked.claims?) {
                return None;
            }
        }
        self.matched += 1;
        if self.matched < rule.nth || self.random.fraction() >= rule.probability {
            return None;
        }
        self.fired += 1;
        Some(rule.fault.clone())
    }
}

// A client that sends the same request again sends the same body.
fn key(request: &Request<Bytes>) -> u64 {
    let mut hasher = DefaultHasher::new();
    request.method().hash(&mut hasher);
    request.uri().path_and_query().map(|path| path.as_str()).hash(&mut hasher);
    request.body().hash(&mut hasher);
    hasher.finish()
}
