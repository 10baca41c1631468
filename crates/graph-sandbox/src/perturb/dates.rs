//! Dates from the ends of the calendar.

use serde_json::Value;

use super::absent::is_optional;
use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Answers dates in the year 1 and in the year 9999.
///
/// Both are values of `Edm.DateTimeOffset`. Graph says `0001-01-01T00:00:00Z` for what has never happened (devices,
/// managed devices) and `9999-12-31T23:59:59Z` for what never ends.
pub(super) struct Dates;

impl Perturbation for Dates {
    fn name(&self) -> &'static str {
        "dates"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "answers dates in the year 1 and in the year 9999"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        super::walk::placed(asked, self.name(), body, &mut |object, place| {
            for (name, value) in object.iter_mut() {
                let mut random = place.draw_for(name, "");
                if is_moment(value) && is_optional(asked, name) && random.happens(1, 4) {
                    *value = if random.happens(1, 2) { "0001-01-01T00:00:00Z" } else { "9999-12-31T23:59:59.9999999Z" }
                        .into();
                }
            }
        });
    }
}

fn is_moment(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok())
}
