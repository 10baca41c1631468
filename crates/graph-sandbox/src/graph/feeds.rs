//! What feeds of changes may do to those who follow them.
//!
//! Graph's documentation of [delta queries][1] and its services allow all of it: pages of any size, empty ones too; an
//! item that comes twice; a change that is [replayed][1] a round later; a change that appears late; an item of which
//! only the properties come that have changed. A feed that does so still tells each change at least once.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/delta-query-overview

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

use super::store::{Change, Round, Stage};

/// What a feed does; see [`Graph::disturb_feeds`](super::Graph::disturb_feeds). Each of it happens to about every third
/// page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Feeds {
    /// Pages are shorter than was asked for, or empty.
    pub short_pages: bool,
    /// An item of a page comes twice.
    pub repeats: bool,
    /// A round tells again some of what the round before it has told.
    pub replays: bool,
    /// The last changes of a round come in the next one.
    pub late: bool,
    /// Of an item that was known before come only its id and those of these properties that it has.
    pub fragments: Vec<String>,
}

impl Feeds {
    /// All of it, with these properties in fragments.
    pub fn all(fragments: &[&str]) -> Feeds {
        let fragments = fragments.iter().map(|name| (*name).to_owned()).collect();
        Feeds { short_pages: true, repeats: true, replays: true, late: true, fragments }
    }
}

/// The feeds of a tenant.
#[derive(Debug, Default)]
pub(crate) struct Disturbed {
    pub(crate) feeds: Feeds,
    random: AtomicU64,
}

impl Disturbed {
    pub(crate) fn new(feeds: Feeds, seed: u64) -> Disturbed {
        Disturbed { feeds, random: AtomicU64::new(seed) }
    }

    /// What happens to the next page.
    pub(crate) fn draw(&self) -> Disturbance {
        let feeds = &self.feeds;
        let some = |wanted: bool, most: u64| if wanted && self.below(3) == 0 { self.below(most) + 1 } else { 0 };
        Disturbance {
            page: (some(feeds.short_pages, 4) as usize).checked_sub(1),
            repeat: (some(feeds.repeats, 8) as usize).checked_sub(1),
            back: some(feeds.replays, 6) as usize,
            held: some(feeds.late, 3) as usize,
            fragments: if feeds.fragments.is_empty() || self.below(3) > 0 {
                Vec::new()
            } else {
                feeds.fragments.clone()
            },
        }
    }

    // SplitMix64: the same seed does the same.
    fn below(&self, bound: u64) -> u64 {
        let mut z = self.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % bound
    }
}

/// What happens to one page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disturbance {
    /// At most so many items.
    pub(crate) page: Option<usize>,
    /// Which item comes twice.
    repeat: Option<usize>,
    /// How many changes of this round the next one tells again.
    back: usize,
    /// How many changes come in the next round.
    held: usize,
    /// The properties that are left of an item.
    fragments: Vec<String>,
}

impl Disturbance {
    /// Holds the last changes back, or lets the next round begin further back.
    pub(crate) fn settle(&self, round: &mut Round<'_>) {
        let (true, Some(origin), Stage::Changes { since: now, .. }) = (round.done, round.since, round.stage) else {
            return;
        };
        let kept = round.changes.len().saturating_sub(self.held);
        if let Some(&(first, _)) = round.told.get(kept) {
            // One that came before is told as new now or never.
            if round.told[kept..].iter().all(|&(_, born)| born.is_none_or(|born| born >= first)) {
                round.changes.truncate(kept);
                // Its members may have changed before that.
                round.stage = Stage::Changes { since: first, origin: first, before: origin };
                return;
            }
        }
        let since = now.saturating_sub(self.back).max(origin);
        round.stage = Stage::Changes { since, origin: now, before: origin };
    }

    /// Leaves of what was printed for a change only what a fragment has.
    pub(crate) fn cut(&self, out: &mut Vec<u8>, from: usize, change: &Change<'_>, since: Option<usize>) {
        if self.fragments.is_empty() || since.is_none() || !matches!(change, Change::Present { created: false, .. }) {
            return;
        }
        // A series prints several objects.
        let printed = [b"[", &out[from..], b"]"].concat();
        let Ok(items) = serde_json::from_slice::<Vec<Map<String, Value>>>(&printed) else { return };
        out.truncate(from);
        for (at, mut item) in items.into_iter().enumerate() {
            item.retain(|name, _| name == "id" || name.contains('@') || self.fragments.contains(name));
            item.remove("@odata.etag");
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&serde_json::to_vec(&item).unwrap_or_default());
        }
    }

    /// Prints an item a second time. `items` are where the page's items lie.
    pub(crate) fn repeat(&self, out: &mut Vec<u8>, items: &[(usize, usize)]) {
        let Some(at) = self.repeat.filter(|_| !items.is_empty()) else { return };
        let (from, to) = items[at % items.len()];
        if to > from {
            let item = out[from..to].to_vec();
            out.push(b',');
            out.extend_from_slice(&item);
        }
    }
}
