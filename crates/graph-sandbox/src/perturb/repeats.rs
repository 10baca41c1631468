//! Items that come twice.

use serde_json::Value;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Repeats items within the pages of a delta query.
///
/// Graph's pages on delta queries: the same item may appear more than once, and the last time counts. With `pages`, the
/// second time may stand on another page.
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
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        if !(asked.reads() && asked.is_delta() && body.get("value").is_some_and(Value::is_array)) {
            return;
        }
        let mut again = Vec::new();
        super::walk::items(asked, self.name(), body, &mut |item, place| {
            if place.draw().happens(1, 4) {
                again.push(Value::Object(item.clone()));
            }
        });
        if let Some(items) = body.get_mut("value").and_then(Value::as_array_mut) {
            items.extend(again);
        }
    }
}
