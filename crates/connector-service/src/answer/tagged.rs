//! Answers that a caller keeps, with a tag.

use std::hash::{DefaultHasher, Hasher};

use axum::response::Response;
use connector_runtime::Json;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::json_text;
use crate::call::Call;
use crate::problem::Problem;
use crate::route::Answer;

/// Answers with a value and its tag, or that the caller has it already.
///
/// # Errors
/// `bug` for what cannot be written.
pub(crate) fn tagged<T: Serialize>(call: &Call, value: &T) -> Answer {
    let text = Json::of(value)?;
    let mut hasher = DefaultHasher::new();
    hasher.write(text.bytes());
    let tag = format!("\"{:016x}\"", hasher.finish());
    let has_it = is_known(call, &tag)?;
    let mut response = if has_it { Response::default() } else { json_text(text.bytes().clone()) };
    if has_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    self::tag(&mut response, &tag);
    Ok(response)
}

/// Returns whether the caller has what has this tag.
///
/// # Errors
/// `invalid_input` for a header that is no text or is given twice.
pub(crate) fn is_known(call: &Call, tag: &str) -> Result<bool, Problem> {
    let known = call.header("if-none-match")?.unwrap_or_default();
    Ok(known == "*" || known.split(',').any(|known| is_same(known, tag)))
}

/// Sets the tag of an answer.
pub(crate) fn tag(response: &mut Response, tag: &str) {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    // It depends on the key, and is asked for again each time.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}

// Compared as weak tags (RFC 9110 8.8.3.2).
fn is_same(known: &str, tag: &str) -> bool {
    known.trim().trim_start_matches("W/") == tag.trim_start_matches("W/")
}
