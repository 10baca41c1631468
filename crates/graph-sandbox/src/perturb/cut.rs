//! Answers that break off.

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Cuts the answer to a read off in the middle; the same read is answered whole when it comes again.
///
/// RFC 9112, section 8: such an answer is incomplete, and RFC 9110, section 9.2.2, allows to repeat what is idempotent.
/// A write is never cut, because whoever sent it could not know what became of it.
pub(super) struct Cut;

impl Perturbation for Cut {
    fn name(&self) -> &'static str {
        "cut"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "cuts answers to reads off, until they are asked for again"
    }
    fn wire(&self, asked: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        if asked.reads()
            && asked.before.is_multiple_of(2)
            && wire.body.len() > 1
            && wire.status.is_success()
            && random.happens(1, 6)
        {
            wire.cut = Some(random.below(wire.body.len()));
        }
    }
}
