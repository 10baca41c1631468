//! Gaps: what a trigger may have missed, stored among its events until the next one reports it.

use connector_sdk::{Lost, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::{Delivery, Entry};

/// Prefix of the id of an entry that is a gap, and no event.
const PREFIX: &str = "tenon:gap ";

/// A period in which a trigger may have missed something: Graph no longer knew the position in its changes, and does
/// not keep all that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// Time of the last poll before the gap, if it is known.
    pub since: Option<Timestamp>,
    /// Time of the poll that noticed the gap. What happens from then on is reported.
    pub until: Timestamp,
    /// Description of what may be missing.
    pub missed: String,
    /// Reason that Graph gave for losing the position.
    pub reason: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    gap: Gap,
}

impl Gap {
    /// Returns the gap of a trigger that lost its position at `until`, if it may have missed something.
    pub(super) fn of(
        lost: Option<Lost>,
        misses: Option<&str>,
        since: Option<Timestamp>,
        until: Timestamp,
    ) -> Option<Gap> {
        let (lost, missed) = lost.zip(misses)?;
        Some(Gap { since, until, missed: missed.to_owned(), reason: lost.reason })
    }

    /// Returns the gap as an entry of the log. `revision` is that of the cursor that was lost: two polls may have the
    /// same time, and report two gaps.
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
