//! The shapes of errors.

use http::StatusCode;
use serde_json::{Value, json};

use super::asked::Asked;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Words an error as other services behind Graph do, with the same code and the same message.
///
/// Seen in field case 7: `odata.error` with the message in an object, the message in an object, `localizedMessage`, two
/// spellings of `innerError`, OAuth's pair of texts.
pub(super) struct ErrorShape;

impl Perturbation for ErrorShape {
    fn name(&self) -> &'static str {
        "error-shape"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "words errors as other services behind Graph do"
    }
    fn error(&self, _: &Asked<'_>, _: StatusCode, body: &mut Value, random: &mut Random) {
        let Some(error) = body.get_mut("error").and_then(Value::as_object_mut) else { return };
        let (Some(code), Some(message)) = (error.get("code").cloned(), error.get("message").cloned()) else { return };
        let inner = error.contains_key("innerError");
        match random.below(5) {
            0 => {
                error.insert("message".to_owned(), json!({ "lang": "en-US", "value": message }));
                let error = body["error"].take();
                *body = json!({ "odata.error": error });
            }
            1 => _ = error.insert("message".to_owned(), json!({ "lang": "en", "value": message })),
            2 => {
                error.insert("localizedMessage".to_owned(), Value::Null);
                error.insert("details".to_owned(), Value::Null);
            }
            // Graph's own inner code says more than the pair of texts could.
            3 if !inner => *body = json!({ "error": code, "error_description": message }),
            _ => {
                if let Some(inner) = error.shift_remove("innerError") {
                    error.insert("innererror".to_owned(), inner);
                }
            }
        }
    }
}
