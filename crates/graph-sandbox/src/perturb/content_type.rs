//! The name of the media type.

use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Spells the media type of JSON in other ways, or leaves it out.
///
/// Allowed by RFC 9110, section 8.3 (names have no case, values may be quoted, the field is optional).
pub(super) struct ContentType;

impl Perturbation for ContentType {
    fn name(&self) -> &'static str {
        "content-type"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "spells the media type in other ways, or leaves it out"
    }
    fn wire(&self, _: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        if !wire.is_json() {
            return;
        }
        let spelt = match random.below(5) {
            0 => "application/json",
            1 => "Application/JSON;Charset=\"UTF-8\"",
            2 => "application/json ; odata.metadata=minimal ;charset=utf-8",
            3 => {
                wire.headers.remove(CONTENT_TYPE);
                return;
            }
            _ => return,
        };
        wire.headers.insert(CONTENT_TYPE, HeaderValue::from_static(spelt));
    }
}
