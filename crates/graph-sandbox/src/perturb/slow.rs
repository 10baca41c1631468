//! Answers that take their time.

use std::time::Duration;

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Lets an answer come up to two seconds later, so that answers overtake each other.
///
/// HTTP promises no time. Graph's answers take from milliseconds to half a minute.
pub(super) struct Slow;

impl Perturbation for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "lets answers come later, so that they overtake each other"
    }
    fn wire(&self, _: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        if random.happens(1, 4) {
            wire.delay += Duration::from_millis(random.number() % 2000);
        }
    }
}
