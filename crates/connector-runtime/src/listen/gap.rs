//! What a trigger may have missed, kept among its events until the next one tells it.

use connector_sdk::{Lost, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::{Delivery, Entry};

/// How the id of an entry begins that is a gap, and no event.
const PREFIX: &str = "tenon:gap ";

/// A time in which a trigger may have missed something: Graph no longer knew the place in its changes, and does not
/// keep all that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// The last look before it, if that is known.
    pub since: Option<Timestamp>,
    /// The look that noticed it. What happens from then on is told.
    pub until: Timestamp,
    /// What may be missing.
    pub missed: String,
    /// Why: what Graph said of the place.
    pub reason: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    gap: Gap,
}

impl Gap {
    /// The gap of a trigger that lost its place at `until`, if it may have missed something.
    pub(super) fn of(
        lost: Option<Lost>,
        misses: Option<&str>,
        since: Option<Timestamp>,
        until: Timestamp,
    ) -> Option<Gap> {
        let (lost, missed) = lost.zip(misses)?;
        Some(Gap { since, until, missed: missed.to_owned(), reason: lost.reason })
    }

    /// As an entry of the log. `revision` is that of the cursor that was lost: two looks may have the same time, and
    /// tell two gaps.
    pub(super) fn entry(&self, revision: Option<u64>) -> Result<Entry> {
        let json = connector_sdk::Json::of(&Kept { gap: self.clone() })?;
        Ok(Entry::new(format!("{PREFIX}{} {}", self.until, revision.unwrap_or_default()), json.bytes().clone()))
    }

    /// Reads an entry of the log, if it is a gap.
    pub(super) fn read(entry: &Delivery) -> Option<Gap> {
        if !entry.id.starts_with(PREFIX) {
            return None;
        }
        serde_json::from_slice(&entry.bytes).ok().map(|kept: Kept| kept.gap)
    }
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.since {
            Some(since) => write!(f, "between {since:.0} and {:.0}", self.until)?,
            None => write!(f, "before {:.0}", self.until)?,
        }
        write!(
            f,
            " this may have been missed: {}; Graph no longer knew the place in its changes ({})",
            self.missed, self.reason
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_gaps_of_one_moment_are_two() {
        let lost = || Some(Lost { reason: "Graph answered 410".to_owned() });
        let now = Timestamp::UNIX_EPOCH;
        let gap = Gap::of(lost(), Some("members that went"), None, now).unwrap();
        let ids: Vec<String> = [Some(3), Some(4)].map(|revision| gap.entry(revision).unwrap().id).into();
        assert_ne!(ids[0], ids[1]);
        assert!(ids.iter().all(|id| id.starts_with(PREFIX)));
        assert_eq!(Gap::of(lost(), None, None, now), None, "what misses nothing has no gap");
    }
}
