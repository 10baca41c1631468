//! JSON bodies.

use axum::body::Body;
use bytes::Bytes;
use connector_runtime::{Error, Issue, long_numbers};
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use crate::body::{broken_off, late};
use crate::options::Limits;
use crate::problem::{Problem, ServiceCode};

/// Reads the whole body of a request.
///
/// # Errors
/// `too_large`, `timeout`; `invalid_input` for a body that breaks off.
pub(crate) async fn read_whole(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(ServiceCode::TooLarge, format!("the body is larger than {} bytes", limits.body));
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    // Nobody sends what is refused anyway.
    if declared.is_some_and(|length| length > limits.body as u64) {
        return Err(too_large());
    }
    match tokio::time::timeout(limits.body_time, Limited::new(body, limits.body).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(broken_off(error)),
        Err(_) => Err(late(limits.body_time)),
    }
}

/// Reads a body as JSON.
///
/// # Errors
/// `unsupported_media_type`; `invalid_input` for what is no JSON, is nested too deeply, or has whole numbers that would
/// become others.
pub(crate) fn parse(headers: &HeaderMap, body: &[u8], limits: &Limits) -> Result<Value, Problem> {
    check_media_type(headers)?;
    parse_text(body, limits)
}

/// Reads a text as JSON.
///
/// # Errors
/// As [`parse`], but for the media type.
pub(crate) fn parse_text(body: &[u8], limits: &Limits) -> Result<Value, Problem> {
    let invalid = |message: String| Problem::from(Error::invalid("", message));
    let text = std::str::from_utf8(body).map_err(|error| invalid(format!("the body is no UTF-8: {error}")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(invalid("the body is empty; send a JSON document, such as {}".to_owned()));
    }
    if depth(text) > limits.depth {
        return Err(invalid(format!("the body is nested more than {} levels deep", limits.depth)));
    }
    let value = serde_json::from_str(text).map_err(|error| invalid(format!("the body is no JSON: {error}")))?;
    let lost: Vec<Issue> = long_numbers(text, "");
    if lost.is_empty() { Ok(value) } else { Err(Problem::invalid(lost)) }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(given) = headers.get(header::CONTENT_TYPE) else {
        return Err(Problem::new(ServiceCode::UnsupportedMediaType, "the request has no Content-Type"));
    };
    let text = given.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(ServiceCode::UnsupportedMediaType, format!("the body is `{}`, not JSON", essence.escape_debug())))
}

/// Returns the number of levels that a JSON text is nested. Of what is no JSON, it returns some number.
pub(crate) fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Value, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "Application/JSON; charset=utf-8".parse().unwrap());
        parse(&headers, text.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_body_is_json_of_some_depth() {
        assert_eq!(parsed("\u{feff} {\"a\":[1]} ").ok(), Some(serde_json::json!({ "a": [1] })));
        for bad in ["", " ", "{", "{} {}", "nul", "[12345678901234567890123]"] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(parsed(&nested(64)).is_ok());
        assert!(parsed(&nested(65)).is_err());
        assert!(parsed(&nested(100_000)).is_err());
        assert!(parsed(&format!("\"{}\\\"{}\"", "[".repeat(70), "{".repeat(70))).is_ok(), "a text is no nesting");
    }

    #[test]
    fn a_body_says_that_it_is_json() {
        for (given, fits) in [("application/json", true), ("text/plain", false), ("application/jsonx", false)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, given.parse().unwrap());
            assert_eq!(check_media_type(&headers).is_ok(), fits, "{given}");
        }
        assert!(check_media_type(&HeaderMap::new()).is_err());
    }
}
