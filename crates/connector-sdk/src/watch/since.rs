//! Which changes fire.

use jiff::Timestamp;

use crate::{Properties, Skipped, Whole, is_since};

/// The rule by which a change fires.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    moment: Timestamp,
    settled: bool,
}

impl Since {
    /// Creates the rule that items fire from this time on; after the first round, all that changes, unless the time is still to come `now`.
    pub fn new(moment: Timestamp, settled: bool, now: Timestamp) -> Since {
        Since { moment, settled: settled && now >= moment }
    }

    /// Returns whether the first round is over, so that all that comes has changed since then.
    pub fn is_settled(self) -> bool {
        self.settled
    }

    /// Returns whether something fires that was last changed at this time. After the first round all does, because what comes
    /// has changed since then.
    pub fn changed(self, at: Option<Timestamp>) -> bool {
        self.settled || at.is_some_and(|at| is_since(at, self.moment))
    }

    /// Returns whether an item has to be read whole, because it lacks the time by which the first round tells what is new.
    pub fn lacks(self, item: &Properties<'_>, time: &str) -> bool {
        !self.settled && !item.is_sent(time)
    }

    /// Returns whether something fires that came to be at the time that this property tells. It counts in every round: what is
    /// older comes too when it is changed, and is not new. Where it was not sent nobody knows: then it is handed on,
    /// but for the first round, which tells what is old too.
    pub fn created(self, item: &Properties<'_>, time: &str) -> bool {
        match item.time(time) {
            Some(at) => is_since(at, self.moment),
            None => self.settled && !item.is_sent(time),
        }
    }

    /// Returns the report of an item that could not be read and did not fire: in the first round it may be new.
    pub fn skipped(self, whole: &Whole) -> Option<Skipped> {
        let error = whole.unread.as_ref().filter(|_| !self.settled)?;
        Some(Skipped::new(format!("the item {}", Properties::of(&whole.item).identity()), error))
    }
}
