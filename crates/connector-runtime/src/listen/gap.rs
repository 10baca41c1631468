//! Gaps: what a trigger may have missed, stored among its events until the next one reports it.

use connector_sdk::{Lost, Result, Skipped};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::{NewEvent, StoredEvent};

/// Prefix of the id of an entry that is a gap, and no event.
const PREFIX: &str = "tenon:gap ";

/// A period in which a trigger may have missed something: Graph no longer knew the position in its changes, and does
/// not keep all that happened; or something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// Time of the last poll before the gap, if it is known.
    pub since: Option<Timestamp>,
    /// Time of the poll that noticed the gap. What happens from then on is reported.
    pub until: Timestamp,
    /// Description of what may be missing.
    pub missed: String,
    /// Reason: what Graph answered about the position, or about what could not be read.
    pub reason: String,
    /// Whether something could not be read and is missing therefore; no position was lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreadable: bool,
}

/// Maximum number of things that could not be read which a gap names.
const NAMED: usize = 10;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GapRecord {
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
        Some(Gap { since, until, missed: missed.to_owned(), reason: lost.reason, unreadable: false })
    }

    /// Returns the gap of a poll at `until` that could not read something.
    pub(super) fn of_skipped(skipped: Vec<Skipped>, since: Option<Timestamp>, until: Timestamp) -> Option<Gap> {
        let mut named: Vec<&str> = Vec::new();
        for skipped in &skipped {
            if !named.contains(&skipped.what.as_str()) {
                named.push(&skipped.what);
            }
        }
        let more = named.len().saturating_sub(NAMED);
        named.truncate(NAMED);
        let missed = match more {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        };
        let reason = skipped.first()?.reason.clone();
        Some(Gap { since, until, missed, reason, unreadable: true })
    }

    /// Returns the gap as an entry of the log. `revision` is that of the cursor that was lost: two polls may have the
    /// same time, and report two gaps.
    pub(super) fn entry(&self, revision: Option<u64>) -> Result<NewEvent> {
        let json = connector_sdk::Json::of(&GapRecord { gap: self.clone() })?;
        let kind = if self.unreadable { " unreadable" } else { "" };
        let id = format!("{PREFIX}{} {}{kind}", self.until, revision.unwrap_or_default());
        Ok(NewEvent::new(id, json.bytes().clone()))
    }

    /// Reads an entry of the log, if it is a gap.
    pub(crate) fn read(entry: &StoredEvent) -> Option<Gap> {
        if !entry.id.starts_with(PREFIX) {
            return None;
        }
        serde_json::from_slice(&entry.bytes).ok().map(|kept: GapRecord| kept.gap)
    }
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.since {
            Some(since) => write!(f, "between {since:.0} and {:.0}", self.until)?,
            None => write!(f, "before {:.0}", self.until)?,
        }
        if self.unreadable {
            return write!(f, " this could not be read: {} ({})", self.missed, self.reason);
        }
        write!(f, " this may have been missed: {}; Graph no longer accepted the cursor ({})", self.missed, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_gaps_of_one_moment_are_two() {
        let lost = || Some(Lost::new("Graph answered 410".to_owned()));
        let now = Timestamp::UNIX_EPOCH;
        let gap = Gap::of(lost(), Some("members that were removed"), None, now).unwrap();
        let ids: Vec<String> = [Some(3), Some(4)].map(|revision| gap.entry(revision).unwrap().id).into();
        assert_ne!(ids[0], ids[1]);
        assert!(ids.iter().all(|id| id.starts_with(PREFIX)));
        assert_eq!(Gap::of(lost(), None, None, now), None, "what misses nothing has no gap");
    }

    #[test]
    fn what_could_not_be_read_is_named() {
        let now = Timestamp::UNIX_EPOCH;
        let skipped = |what: String| Skipped::with_reason(what, "Graph answered 500");
        assert_eq!(Gap::of_skipped(Vec::new(), None, now), None);
        let many = [0, 0].into_iter().chain(0..12).map(|number| skipped(format!("the folder {number}"))).collect();
        let gap = Gap::of_skipped(many, None, now).unwrap();
        assert!(
            gap.missed.starts_with("the folder 0, the folder 1,") && gap.missed.ends_with("the folder 9 and 2 more")
        );
        assert!(gap.to_string().ends_with("more (Graph answered 500)"), "{gap}");
        let lost = Gap { unreadable: false, ..gap.clone() };
        assert_ne!(gap.entry(None).unwrap().id, lost.entry(None).unwrap().id);
        let old = r#"{"since":null,"until":"1970-01-01T00:00:00Z","missed":"m","reason":"r"}"#;
        assert!(!serde_json::from_str::<Gap>(old).unwrap().unreadable, "what older versions kept");
    }
}
