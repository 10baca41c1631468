//! Errors behind the status of a success.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use serde_json::{Value, json};

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Answers a read with 200 and an error: alone, or behind the first items of a page. What comes again is answered.
///
/// OData JSON 4.01, 21.3 (in-stream errors): the status has left before the service fails. Seen with gateways too.
pub(super) struct Failed;

fn error() -> Value {
    json!({ "code": "generalException", "message": "An unexpected error occurred while processing the request." })
}

impl Perturbation for Failed {
    fn name(&self) -> &'static str {
        "failed"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "answers a read with an error and the status of a success"
    }
    fn instead(&self, asked: &Asked<'_>, random: &mut Random) -> Option<Response<Bytes>> {
        if !asked.reads() || !asked.before.is_multiple_of(2) || !random.happens(1, 12) {
            return None;
        }
        let mut response = Response::new(json!({ "error": error() }).to_string().into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Some(response)
    }
    fn body(&self, asked: &Asked<'_>, body: &mut Value, random: &mut Random) {
        if !asked.reads() || !asked.before.is_multiple_of(2) || !random.happens(1, 12) {
            return;
        }
        let Some(items) = body.get_mut("value").and_then(Value::as_array_mut) else { return };
        items.truncate(random.below(items.len() + 1));
        body["error"] = error();
    }
}
