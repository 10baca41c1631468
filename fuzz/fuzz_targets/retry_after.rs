//! `Retry-After`.

#![no_main]

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut headers = HeaderMap::new();
    for (place, line) in data.split(|byte| *byte == b'\n').enumerate() {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(if place == 1 { DATE } else { RETRY_AFTER }, value);
        }
    }
    if let Some(wait) = graph_client::fuzz::retry_after(&headers) {
        // It can be added to any time.
        assert!(wait.as_secs() <= 10 * 365 * 24 * 3600);
    }
});
