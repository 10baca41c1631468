//! The body of an error.

#![no_main]

use connector_sdk::{Error, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((status, body)) = data.split_first() else { return };
    let statuses = [400, 401, 403, 404, 409, 410, 412, 423, 429, 500, 503, 507];
    let response = Response::new(statuses[usize::from(*status) % statuses.len()], body.to_vec());
    let error = Error::from_response(&response);
    let (sentence, json) = (error.to_string(), serde_json::to_string(&error).expect("an error prints"));
    // A sentence on one line, and bounded: it goes to terminals and logs.
    assert!(!sentence.contains(['\n', '\r', '\u{1b}']), "{sentence:?}");
    assert!(sentence.len() < 20_000 && json.len() < 100_000, "{} {}", sentence.len(), json.len());
    let _ = (error.advice().len(), error.is_resync(), error.has_upstream_code("x"));
});
