//! Notices about a trigger for whoever operates it.

use serde::Serialize;

use super::Gap;

/// A notice about a trigger for whoever operates it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Notice {
    /// Something may have been missed. The next event reports it too.
    Gap(Gap),
    /// The changes do not seem to end. Polling continues after a pause, which grows each time.
    Endless {
        /// Description of what was observed.
        why: String,
        /// Seconds until the next poll.
        pause_seconds: u64,
    },
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Notice::Gap(gap) => write!(f, "{gap}"),
            Notice::Endless { why, pause_seconds } => {
                write!(f, "the changes do not seem to end: {why}; the next poll is in {pause_seconds} seconds")
            }
        }
    }
}
