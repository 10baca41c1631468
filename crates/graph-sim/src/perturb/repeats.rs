//! Items that come twice.

use serde_json::Value;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Repeats items within the pages of a delta query.
///
/// Graph's pages on delta queries: the same item may appear more than once, and the last time counts. With `pages`, the second time may
/// stand on another page.
pub(super) struct Repeats;

impl Perturbation for Repeats {
    fn name(&self) -> &'static str {
        "repeats"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "repeats items in the pages of a delta query"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        let Some(items) = body.get_mut("value").and_then(Value::as_array_mut).filter(|_| asked.reads() && asked.is_delta()) else { return };
        for item in items.clone() {
            if random.happens(1, 4) {
                items.push(item);
            }
        }
    }
}
