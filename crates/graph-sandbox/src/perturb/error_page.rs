//! Errors that are no JSON.

use http::StatusCode;
use serde_json::Value;

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Answers errors with a page of HTML or with plain text, as a gateway before Graph does. The code is lost.
///
/// Seen in field case 7.
pub(super) struct ErrorPage;

impl Perturbation for ErrorPage {
    fn name(&self) -> &'static str {
        "error-page"
    }
    fn loss(&self) -> Loss {
        Loss::Lossy
    }
    fn summary(&self) -> &'static str {
        "answers errors with a page of HTML or plain text"
    }
    fn error(&self, _: &Asked<'_>, status: StatusCode, body: &mut Value, random: &mut Random) {
        let reason = status.canonical_reason().unwrap_or("Error");
        *body = match random.below(4) {
            0 => format!("<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>").into(),
            1 => reason.into(),
            2 => Value::String(String::new()),
            _ => return,
        };
    }
}
