//! What a gateway says in the place of Graph.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::asked::Asked;
use super::wire::Wire;
use super::{Loss, Perturbation};
use crate::random::Random;

/// Answers a read with 502, 503 or 504 and a page of HTML, also a part of a batch, and takes it when it comes again.
/// Inside a batch the page stands as base64, as a text, or as it is, so that the whole is no JSON any more.
///
/// RFC 9110, sections 15.6.3 to 15.6.5: the answer is the gateway's own; section 9.2.2 allows to repeat what is
/// idempotent. Graph's page on batching has bodies that are no JSON as base64. Seen in field case 7.
pub(super) struct Gateway;

pub(super) const PAGE: &str = "<!DOCTYPE html>\r\n<html><head><title>Bad Gateway</title></head>\r\n<body><h1>Bad Gateway</h1>\
    <script>var ticket = {\"id\": \"1\", \"parts\": [[], {\"status\": 502}]};</script></body></html>\r\n";

impl Perturbation for Gateway {
    fn name(&self) -> &'static str {
        "gateway"
    }
    fn loss(&self) -> Loss {
        Loss::Lossless
    }
    fn summary(&self) -> &'static str {
        "answers a read with a page of a gateway until it comes again"
    }
    fn instead(&self, asked: &Asked<'_>, random: &mut Random) -> Option<Response<Bytes>> {
        if !asked.reads() || !asked.before.is_multiple_of(2) || !random.happens(1, 8) {
            return None;
        }
        let statuses = [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
        let mut response = Response::new(Bytes::from_static(PAGE.as_bytes()));
        *response.status_mut() = statuses[random.below(statuses.len())];
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        Some(response)
    }
    fn wire(&self, asked: &Asked<'_>, wire: &mut Wire, random: &mut Random) {
        let encoded = format!("\"{}\"", STANDARD.encode(PAGE));
        let Ok(text) = std::str::from_utf8(&wire.body) else { return };
        if !asked.is_batch() || !text.contains(&encoded) {
            return;
        }
        wire.body = match random.below(3) {
            0 => text.replace(&encoded, &serde_json::Value::from(PAGE).to_string()).into(),
            1 => text.replace(&encoded, PAGE).into(),
            _ => return,
        };
    }
}
