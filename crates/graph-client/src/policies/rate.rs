//! Rates that scopes allow: pauses, and a budget learned from them.
//!
//! Graph says how long to wait and never how much is allowed. So when several requests are refused at
//! once, what was accepted before is taken as what is allowed in the time that Graph then asked to
//! wait, and later requests are held back by that, for a while, instead of being refused again.
//!
//! Pure: the time comes in as a value.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Time for which a budget is valid. Limits change, and so does who else uses them.
const BELIEF: Duration = Duration::from_secs(30);
/// Maximum number of accepted requests that are remembered; a scope that allows more at once needs no budget.
const MEMORY: usize = 4096;
/// Number of refused requests of those that were sent together that prove a limit. A single refusal can be anything.
const EVIDENCE: u32 = 3;
/// Minimum difference of two pauses that is worth telling others.
const NEWS: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(crate) struct Rate {
    paused_until: Option<Instant>,
    // Counts the pauses; a ticket of an earlier one says nothing about the present.
    epoch: u64,
    sent: u64,
    // The latest request that was accepted, by the order in which they were sent.
    latest_accepted: u64,
    in_flight: usize,
    // When requests were accepted, in the order of their answers.
    accepted: VecDeque<Instant>,
    // Since the last pause: when the first request was sent, and how many were accepted.
    began: Option<Instant>,
    since: usize,
    lesson: Option<Estimate>,
    budget: Option<RateWindow>,
}

/// A budget: at most this many requests in any window of this length.
#[derive(Debug, Clone, Copy, PartialEq)]
struct RateWindow {
    requests: usize,
    window: Duration,
    until: Instant,
}

/// An estimate of the budget from the refusals of one burst.
#[derive(Debug)]
struct Estimate {
    epoch: u64,
    first_refused: u64,
    refused: u32,
    // Sent after the first refused one, and accepted all the same.
    overtaken: u32,
    requests: usize,
    window: Duration,
}

/// Decision whether a request may be sent.
#[derive(Debug)]
pub(crate) enum Admission {
    Go(Ticket),
    /// Not before this time.
    At(Instant),
    /// Not before a request that is in flight is answered.
    WhenAnswered,
}

/// Proof that a request was admitted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    epoch: u64,
    pub(crate) number: u64,
}

/// Outcome of a request, as far as the rate is concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Feedback {
    Accepted,
    Refused(Duration),
    /// Refused, by a limit of another scope.
    Held(Duration),
    Unknown,
}

impl Rate {
    pub(crate) fn admit(&mut self, now: Instant) -> Admission {
        if let Some(until) = self.paused_until {
            if now < until {
                return Admission::At(until);
            }
            self.paused_until = None;
            self.conclude(now);
        }
        if let Some(budget) = self.budget {
            if budget.until <= now {
                self.budget = None;
            } else if let Some(held) = self.held_back(budget, now) {
                return held;
            }
        }
        self.began.get_or_insert(now);
        self.in_flight += 1;
        self.sent += 1;
        Admission::Go(Ticket { epoch: self.epoch, number: self.sent })
    }

    fn held_back(&mut self, budget: RateWindow, now: Instant) -> Option<Admission> {
        while self.accepted.front().is_some_and(|&then| then + budget.window <= now) {
            self.accepted.pop_front();
        }
        if self.in_flight + self.accepted.len() < budget.requests {
            return None;
        }
        Some(self.accepted.front().map_or(Admission::WhenAnswered, |&first| Admission::At(first + budget.window)))
    }

    pub(crate) fn answered(&mut self, ticket: Ticket, now: Instant, feedback: Feedback) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match feedback {
            Feedback::Unknown => {}
            Feedback::Held(after) => {
                self.pause(now + after);
            }
            Feedback::Accepted => {
                self.latest_accepted = self.latest_accepted.max(ticket.number);
                if self.accepted.len() == MEMORY {
                    self.accepted.pop_front();
                }
                self.accepted.push_back(now);
                if ticket.epoch == self.epoch {
                    self.since += 1;
                } else if let Some(lesson) = self.lesson.as_mut().filter(|lesson| lesson.epoch == ticket.epoch) {
                    // Its answer was slower than the refusal, but it belongs to the same burst.
                    lesson.requests += 1;
                    lesson.overtaken += u32::from(ticket.number > lesson.first_refused);
                }
            }
            Feedback::Refused(after) => {
                if ticket.epoch == self.epoch {
                    self.learn(ticket, now, after);
                } else if let Some(lesson) = self.lesson.as_mut().filter(|lesson| lesson.epoch == ticket.epoch) {
                    lesson.refused += 1;
                    lesson.first_refused = lesson.first_refused.min(ticket.number);
                }
                self.pause(now + after);
            }
        }
    }

    /// Holds all requests back until `until`; returns whether that is later than what was known, by more than answers
    /// to one burst differ.
    pub(crate) fn pause(&mut self, until: Instant) -> bool {
        let is_news = self.paused_until.is_none_or(|before| before + NEWS < until);
        self.paused_until = Some(self.paused_until.map_or(until, |before| before.max(until)));
        is_news
    }

    /// Returns whether a request that was sent after this one was accepted.
    pub(crate) fn was_overtaken(&self, number: u64) -> bool {
        self.latest_accepted > number
    }

    /// Discards the estimate: the latest refusals say nothing about this scope.
    pub(crate) fn reset(&mut self) {
        self.lesson = None;
    }

    // The first refusal of a burst.
    fn learn(&mut self, ticket: Ticket, now: Instant, after: Duration) {
        let elapsed = self.began.map_or(Duration::ZERO, |began| now.saturating_duration_since(began));
        let (requests, window) = match self.budget {
            None if elapsed <= after => (self.since, after),
            // It went well for longer than the wait, so only the end of that counts.
            None => {
                let recent = self.accepted.iter().rev().take_while(|&&then| then + after > now).count();
                (recent.min(self.since), after)
            }
            // Refused within the window: it allows less.
            Some(budget) if elapsed < budget.window => (self.since, budget.window.max(after)),
            // Refused as the window ended: it is longer, and what Graph asks to wait is the rest of it.
            Some(budget) if elapsed < 2 * budget.window => (self.since, elapsed + after),
            // Refused after a long time: somebody else uses the same limit.
            Some(budget) => (budget.requests * 3 / 4, budget.window),
        };
        self.lesson = Some(Estimate {
            epoch: self.epoch,
            first_refused: ticket.number,
            refused: 1,
            overtaken: 0,
            requests,
            window,
        });
        self.epoch += 1;
        self.began = None;
        self.since = 0;
    }

    // The pause is over, so all answers of its burst are here.
    fn conclude(&mut self, now: Instant) {
        let Some(lesson) = self.lesson.take() else { return };
        // Where others that were sent later got through, chance refused and not a limit.
        if lesson.refused >= EVIDENCE && lesson.overtaken * 4 <= lesson.refused && lesson.requests < MEMORY {
            let until = now + BELIEF.max(2 * lesson.window);
            self.budget = Some(RateWindow { requests: lesson.requests.max(1), window: lesson.window, until });
        }
    }

    /// Returns whether there is nothing to remember.
    pub(crate) fn is_idle(&self, now: Instant) -> bool {
        self.in_flight == 0
            && self.lesson.is_none()
            && self.paused_until.is_none_or(|until| until <= now)
            && self.budget.is_none_or(|budget| budget.until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn go(rate: &mut Rate, now: Instant) -> Ticket {
        match rate.admit(now) {
            Admission::Go(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }

    // `accepted` requests are accepted, then `refused` ones, all in flight together, are refused.
    fn burst(rate: &mut Rate, now: Instant, accepted: usize, refused: usize) {
        for _ in 0..accepted {
            let ticket = go(rate, now);
            rate.answered(ticket, now, Feedback::Accepted);
        }
        let tickets: Vec<_> = (0..refused).map(|_| go(rate, now)).collect();
        for ticket in tickets {
            rate.answered(ticket, now, Feedback::Refused(SECOND));
        }
    }

    #[test]
    fn a_limit_is_hit_once() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        burst(&mut rate, start, 200, 10);
        assert!(matches!(rate.admit(start), Admission::At(until) if until == start + SECOND));
        for window in 1..20 {
            let now = start + window * SECOND;
            burst(&mut rate, now, 200, 0);
            assert!(matches!(rate.admit(now), Admission::At(until) if until == now + SECOND), "window {window}");
        }
    }

    #[test]
    fn belief_ends() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        burst(&mut rate, start, 5, 10);
        burst(&mut rate, start + SECOND, 5, 0);
        let later = start + SECOND + BELIEF;
        burst(&mut rate, later, 500, 0);
        assert!(rate.is_idle(later));
    }

    #[test]
    fn slow_answers_of_the_burst_count() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        let slow: Vec<_> = (0..8).map(|_| go(&mut rate, start)).collect();
        burst(&mut rate, start, 0, 4);
        for ticket in slow {
            rate.answered(ticket, start, Feedback::Accepted);
        }
        burst(&mut rate, start + SECOND, 8, 0);
        assert!(matches!(rate.admit(start + SECOND), Admission::At(_)));
    }

    #[test]
    fn chance_teaches_nothing() {
        // One request of many is refused while those after it are accepted.
        let (mut rate, start) = (Rate::default(), Instant::now());
        let tickets: Vec<_> = (0..40).map(|_| go(&mut rate, start)).collect();
        for (i, ticket) in tickets.into_iter().enumerate() {
            rate.answered(ticket, start, if i % 5 == 0 { Feedback::Refused(SECOND) } else { Feedback::Accepted });
        }
        burst(&mut rate, start + SECOND, 1000, 0);
        // And a single caller that is refused pauses, and goes on as before.
        let (mut rate, start) = (Rate::default(), Instant::now());
        burst(&mut rate, start, 3, 1);
        burst(&mut rate, start + SECOND, 1000, 0);
    }

    #[test]
    fn a_window_that_is_longer_than_the_first_wait() {
        // It allows 10 in 3 seconds and says how much of them is left, so the first look misleads.
        let (mut rate, start) = (Rate::default(), Instant::now());
        let refuse = |rate: &mut Rate, now: Instant, left: u32| {
            let tickets: Vec<_> = (0..3).map(|_| go(rate, now)).collect();
            tickets.into_iter().for_each(|ticket| rate.answered(ticket, now, Feedback::Refused(left * SECOND)));
        };
        burst(&mut rate, start + SECOND, 10, 0);
        refuse(&mut rate, start + 2 * SECOND, 1);
        burst(&mut rate, start + 3 * SECOND, 10, 0);
        refuse(&mut rate, start + 4 * SECOND, 2);
        for window in 2..8 {
            let now = start + window * 3 * SECOND;
            burst(&mut rate, now, 10, 0);
            assert!(matches!(rate.admit(now), Admission::At(until) if until == now + 3 * SECOND), "window {window}");
        }
    }

    #[test]
    fn nothing_goes_during_a_pause() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        rate.pause(start + 5 * SECOND);
        rate.pause(start + SECOND);
        assert!(matches!(rate.admit(start + 4 * SECOND), Admission::At(until) if until == start + 5 * SECOND));
        assert!(!rate.is_idle(start));
        assert!(matches!(rate.admit(start + 5 * SECOND), Admission::Go(_)));
    }
}
