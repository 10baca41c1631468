//! The protocol over HTTP: each request is answered by itself, and there are no sessions.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use connector_runtime::{Error, long_numbers};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::Full;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde::de::IgnoredAny;
use serde_json::json;

use super::Agent;
use super::sign_in::SignInPages;
use crate::call::Call;
use crate::json_input;
use crate::options::Limits;
use crate::route::Answer;
use crate::site;

/// Error codes of JSON-RPC 2.0.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

/// Answers a message.
pub(crate) async fn handle(mut call: Call) -> Answer {
    let body = std::mem::take(&mut call.body);
    let whole = json_input::read_whole(&call.headers, body, &call.limits).await?;
    if let Err((code, message)) = check(&whole, &call.limits) {
        return Ok(refused(code, &message));
    }
    let request = request(&call.headers, whole)?;
    let pages = site::callback(&call).ok().map(|callback| SignInPages { callback, site: call.site.clone() });
    let agent = Agent::new(call.host, call.limits, call.running).with_pages(pages);
    let service = StreamableHttpService::new(
        move || Ok(agent.clone()),
        Arc::new(NeverSessionManager::default()),
        config(&call.limits),
    );
    Ok(service.handle(request).await.map(Body::new))
}

// The defaults of rmcp are sessions, and no check of origins. Hosts and origins were checked before every route.
fn config(limits: &Limits) -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(limits.body)
        .enforce_origin_validation()
}

// The key stays out of what a library may log.
fn request(headers: &HeaderMap, body: Bytes) -> Result<Request<Full<Bytes>>, Error> {
    let mut request = Request::post("http://localhost/mcp")
        .body(Full::new(body))
        .map_err(|error| Error::bug("a request cannot be passed on").caused_by(error))?;
    let passed_on = |name: &str| name == "accept" || name == "content-type" || name.starts_with("mcp-");
    let kept = headers.iter().filter(|(name, _)| passed_on(name.as_str()));
    request.headers_mut().extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    Ok(request)
}

fn check(body: &[u8], limits: &Limits) -> Result<(), (i32, String)> {
    let text = std::str::from_utf8(body).map_err(|error| (PARSE_ERROR, format!("the message is no UTF-8: {error}")))?;
    if json_input::depth(text) > limits.depth {
        return Err((INVALID_REQUEST, format!("the message is nested more than {} levels deep", limits.depth)));
    }
    serde_json::from_str::<IgnoredAny>(text)
        .map_err(|error| (PARSE_ERROR, format!("the message is no JSON: {error}")))?;
    match long_numbers(text, "").first() {
        Some(issue) => Err((INVALID_REQUEST, format!("{}: {}", issue.pointer, issue.message))),
        None => Ok(()),
    }
}

fn refused(code: i32, message: &str) -> Response {
    let error = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } });
    let mut response = Response::new(Body::from(error.to_string()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_refused_before_it_is_read() {
        let code = |text: &[u8]| check(text, &Limits::default()).err().map(|(code, _)| code);
        assert_eq!(code(b"{\"jsonrpc\":\"2.0\"}"), None);
        assert_eq!(code(b"{"), Some(PARSE_ERROR));
        assert_eq!(code(b"\xff"), Some(PARSE_ERROR));
        assert_eq!(code("[".repeat(65).as_bytes()), Some(INVALID_REQUEST));
        assert_eq!(code(b"{\"id\":123456789012345678901234}"), Some(INVALID_REQUEST));
    }

    #[test]
    fn a_key_is_not_passed_on() {
        let mut headers = HeaderMap::new();
        for name in ["authorization", "cookie", "host", "origin", "accept", "mcp-method"] {
            headers.insert(name, HeaderValue::from_static("x"));
        }
        let request = request(&headers, Bytes::new()).unwrap();
        let mut names: Vec<&str> = request.headers().keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "mcp-method"]);
    }
}
