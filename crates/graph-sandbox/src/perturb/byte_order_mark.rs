//! A byte order mark.

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Puts the three bytes `EF BB BF` before JSON.
///
/// RFC 8259, section 8.1, forbids to send them and allows to ignore them; seen in field case 7.
pub(super) struct ByteOrderMark;

impl Perturbation for ByteOrderMark {
    fn name(&self) -> &'static str {
        "byte-order-mark"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "puts a byte order mark before JSON"
    }
    fn wire(&self, _: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        let json = matches!(wire.body.first(), Some(b'{' | b'[')) && !wire.is_coded();
        if json && random.happens(1, 4) {
            wire.body = [b"\xef\xbb\xbf", &*wire.body].concat().into();
        }
    }
}
