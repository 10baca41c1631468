//! `WWW-Authenticate`.

#![no_main]

use http::{HeaderMap, HeaderValue, header::WWW_AUTHENTICATE};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(WWW_AUTHENTICATE, value);
        }
    }
    if let Some(claims) = graph_client::fuzz::claims(&headers) {
        assert!(serde_json::from_str::<&serde_json::value::RawValue>(&claims).is_ok());
    }
});
