//! Changes without the rest.

use serde_json::Value;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Answers later rounds of a delta query with fragments: the id of an item, what has changed of it since a round told
/// it last, and a part of its other properties. What no round has told yet comes whole.
///
/// Graph's page on delta queries: an updated item has its id and at least the properties that changed. Seen in field
/// case 1 and in changes of the directory.
pub(super) struct Fragments;

/// What says which kind of thing an item is; without it an item would be another one.
const FACETS: [&str; 7] = ["id", "file", "folder", "root", "deleted", "package", "reason"];

impl Perturbation for Fragments {
    fn name(&self) -> &'static str {
        "fragments"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "answers later rounds of a delta query with parts of items"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        if !asked.reads() || !asked.is_delta() {
            return;
        }
        super::walk::items(asked, self.name(), body, &mut |item, place| {
            let changed = asked.told.changed(asked, item);
            if !asked.is_later_round() {
                return;
            }
            let stays = |name: &String| changed.contains(name) || FACETS.contains(&name.as_str()) || name.contains('@');
            item.retain(|name, _| stays(name) || place.draw_for(name, "").happens(1, 3));
        });
    }
}
