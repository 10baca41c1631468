//! The parts of a `$batch`.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::Value;

/// Shows each part's answer to `change`, with the method and the URL of its request and its status.
pub(super) fn each_part(
    request: &Request<Bytes>,
    answer: &mut Value,
    change: &mut dyn FnMut(&Method, &str, StatusCode, &mut Value),
) {
    let Ok(asked) = serde_json::from_slice::<Value>(request.body()) else { return };
    let version = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or("v1.0");
    let Some(answers) = answer.get_mut("responses").and_then(Value::as_array_mut) else { return };
    for answer in answers {
        let id = answer["id"].as_str().unwrap_or_default().to_lowercase();
        let own_id = |part: &Value| match &part["id"] {
            Value::String(own) => own.to_lowercase(),
            other => other.to_string(),
        };
        let is_its = |part: &&Value| own_id(part) == id;
        let Some(part) = asked["requests"].as_array().into_iter().flatten().find(is_its) else { continue };
        let method =
            part["method"].as_str().and_then(|method| method.to_ascii_uppercase().parse().ok()).unwrap_or(Method::GET);
        let url = format!("/{version}/{}", part["url"].as_str().unwrap_or_default().trim_start_matches('/'));
        let status = answer["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        // Another body than JSON is a text.
        if let Some(body) = answer.get_mut("body").filter(|body| body.is_object()) {
            change(&method, &url, status, body);
        }
    }
}

/// Shows the answer to `change` without the bodies of its parts.
pub(super) fn around_bodies(answer: &mut Value, change: impl FnOnce(&mut Value)) {
    fn parts(answer: &mut Value) -> impl Iterator<Item = &mut Value> {
        answer
            .get_mut("responses")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
            .filter_map(|part| part.get_mut("body"))
    }
    // A number stands for each, because the parts may change their order, or be left out.
    let mut bodies: Vec<Value> = Vec::new();
    for body in parts(answer) {
        let place = Value::from(bodies.len());
        bodies.push(std::mem::replace(body, place));
    }
    change(answer);
    for body in parts(answer) {
        if let Some(kept) = body.as_u64().and_then(|place| bodies.get_mut(usize::try_from(place).ok()?)) {
            *body = kept.take();
        }
    }
}
