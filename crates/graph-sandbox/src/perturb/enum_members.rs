//! Members of enumerations that nobody knows yet.

use serde_json::Value;

use super::absent::is_optional;
use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::graph::is_enumeration;
use crate::random::Random;

/// Answers members of enumerations that are newer than the client.
///
/// Allowed by Graph's page on best practices: enumerations evolve, and a client must be ready for members that it does
/// not know, such as `unknownFutureValue`.
pub(super) struct EnumMembers;

impl Perturbation for EnumMembers {
    fn name(&self) -> &'static str {
        "enum-members"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "answers members of enumerations that nobody knows"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, _: &mut Random) {
        super::walk::placed(asked, self.name(), body, &mut |object, place| {
            for (name, value) in object.iter_mut() {
                let is_member = value.is_string() && is_enumeration(name) && is_optional(asked, name);
                // A member that is known and one that is not may follow each other, as those of something that goes on
                // do.
                let mut random = place.draw_for(name, value.as_str().unwrap_or_default());
                if is_member && random.happens(1, 3) {
                    let members = ["unknownFutureValue", "newThisYear", "", "HIGH,newThisYear"];
                    *value = members[random.below(members.len())].into();
                }
            }
        });
    }
}
