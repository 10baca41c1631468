//! Rounds of a delta query over a set.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::log::What;
use super::set::{Entity, Place, Set};

/// Where a delta query stands. It carries the options of the query's first request, because those
/// count for all that follow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeltaToken {
    /// Tokens of an earlier epoch are forgotten.
    #[serde(rename = "e")]
    pub(crate) epoch: u64,
    /// The path that it was given out for.
    #[serde(rename = "p")]
    pub(crate) path: String,
    /// The query of the first request.
    #[serde(rename = "q")]
    pub(crate) query: String,
    /// The page size of the first request.
    #[serde(rename = "n")]
    pub(crate) page: Option<usize>,
    #[serde(rename = "s")]
    pub(crate) stage: Stage,
    /// The number of the page: no page leads to itself, even if it is empty.
    #[serde(rename = "t", default)]
    pub(crate) turn: u64,
}

/// How far a delta query got.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// The first round: what there is, behind `after`; changes are counted from `since`.
    #[serde(rename = "a")]
    All { since: usize, after: Option<Place> },
    /// A later round.
    #[serde(rename = "c")]
    Changes {
        since: usize,
        /// What came to be from here on is new.
        origin: usize,
        /// Where a round before began, of which this one may tell some again, or for the first time.
        #[serde(rename = "b", default)]
        before: usize,
    },
}

impl DeltaToken {
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(crate) fn decode(text: &str) -> Option<DeltaToken> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

/// Something to report.
pub(crate) enum Change<'t> {
    /// It is there. `created` if it came since the last round.
    Present { entity: &'t Entity, created: bool },
    /// It went from `parent`.
    Gone { key: u64, parent: u64, soft: bool },
}

/// One page of a round.
pub(crate) struct Round<'t> {
    pub(crate) changes: Vec<Change<'t>>,
    /// When each of them last changed, and when it came if it is new; empty in the first round.
    pub(crate) told: Vec<(usize, Option<usize>)>,
    /// Where the next page, or the next round, begins.
    pub(crate) stage: Stage,
    /// Whether this was the last page of the round.
    pub(crate) done: bool,
    /// From where this round counts changes of members; `None` in the first round.
    pub(crate) since: Option<usize>,
}

/// Goes on from `stage` in the container `parent`, or in the whole set. `keep` says what is reported at
/// all, so that what a filter leaves out does not count towards the page.
pub(crate) fn round<'t>(
    set: &'t Set,
    parent: Option<u64>,
    stage: Stage,
    page: usize,
    keep: &dyn Fn(&Change<'t>) -> bool,
) -> Round<'t> {
    let mut changes = Vec::new();
    let mut told = Vec::new();
    match stage {
        Stage::All { since, after } => {
            let mut last = after;
            for entity in set.behind(parent, after) {
                let change = Change::Present { entity, created: true };
                if !keep(&change) {
                    continue;
                }
                if changes.len() == page {
                    return Round { changes, told, stage: Stage::All { since, after: last }, done: false, since: None };
                }
                last = Some(set.place_of(entity));
                changes.push(change);
            }
            Round {
                changes,
                told,
                stage: Stage::Changes { since, origin: since, before: since },
                done: true,
                since: None,
            }
        }
        Stage::Changes { since, origin, before } => {
            for (at, entry) in set.log.since(since) {
                if parent.is_some_and(|parent| parent != entry.parent) {
                    continue;
                }
                let Some(story) = set.log.story(entry.parent, entry.key).filter(|story| story.last == at) else {
                    continue;
                };
                let created = !story.was_there(origin);
                let change = match set.get(entry.key).filter(|entity| entity.parent == entry.parent) {
                    Some(entity) => Change::Present { entity, created },
                    // It came and went between two rounds.
                    None if story.first >= if at < origin { before } else { origin } => continue,
                    None => Change::Gone {
                        key: entry.key,
                        parent: entry.parent,
                        soft: entry.what == What::Removed { soft: true },
                    },
                };
                if !keep(&change) {
                    continue;
                }
                if changes.len() == page {
                    return Round {
                        changes,
                        told,
                        stage: Stage::Changes { since: at, origin, before },
                        done: false,
                        since: Some(before),
                    };
                }
                changes.push(change);
                told.push((at, created.then_some(story.born)));
            }
            let now = set.log.now();
            Round {
                changes,
                told,
                stage: Stage::Changes { since: now, origin: now, before: now },
                done: true,
                since: Some(before),
            }
        }
    }
}
