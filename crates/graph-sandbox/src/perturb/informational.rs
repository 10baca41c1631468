//! Informational answers.

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Sends answers with a status below 200 before the answer, where the sandbox is served over HTTP.
///
/// RFC 9110, section 15.2: a client must be able to read one or more of them, though it did not expect any. RFC 8297
/// describes 103.
pub(super) struct Informational;

const ANSWERS: [&str; 4] = [
    "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 102 Processing\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 103\r\nContent-Type: application/json\r\nX-Empty:\r\n\r\n",
];

impl Perturbation for Informational {
    fn name(&self) -> &'static str {
        "informational"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "sends informational answers before an answer"
    }
    fn wire(&self, _: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        for _ in 0..random.below(4) {
            wire.before.push_str(ANSWERS[random.below(ANSWERS.len())]);
        }
    }
}
