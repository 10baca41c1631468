//! The order of a batch's answers.

use serde_json::Value;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Puts the answers of a `$batch` in another order.
///
/// Allowed by OData JSON 4.01, section 19.4, and by Graph's page on batching: the answers may come in another order,
/// and their ids say which is whose.
pub(super) struct BatchOrder;

impl Perturbation for BatchOrder {
    fn name(&self) -> &'static str {
        "batch-order"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "puts the answers of a batch in another order"
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        if let Some(answers) = body.get_mut("responses").and_then(Value::as_array_mut).filter(|_| asked.is_batch()) {
            random.shuffle(answers);
        }
    }
}
