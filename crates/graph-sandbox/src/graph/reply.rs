//! Answers, with the headers that every one of them has.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::fault::Fault;

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const PLAIN_JSON: &str = "application/json";

/// What a handler answers.
pub(crate) type Outcome = Result<Reply, Fault>;

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// JSON that is printed already.
    pub(crate) fn json(status: u16, body: Vec<u8>) -> Reply {
        Reply { body: body.into(), ..Reply::empty(status) }.header(CONTENT_TYPE, JSON)
    }

    pub(crate) fn value(status: u16, body: &Value) -> Reply {
        Reply::json(status, body.to_string().into_bytes())
    }

    pub(crate) fn bytes(status: u16, media: &str, body: impl Into<Bytes>) -> Reply {
        Reply { body: body.into(), ..Reply::empty(status) }.header(CONTENT_TYPE, media)
    }

    /// What was made, if the answer says that something was.
    pub(crate) fn created(&self) -> Option<Value> {
        (self.status == 201).then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }

    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// Finishes an answer: ids of the request, the date, and an error's body.
pub(crate) fn respond(outcome: Outcome, request: &HeaderMap, request_id: &str, now: Timestamp) -> Response<Bytes> {
    let mut response = match outcome {
        Ok(reply) => {
            let mut response = Response::new(reply.body);
            *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
            for (name, value) in reply.headers {
                set(response.headers_mut(), name, &value);
            }
            response
        }
        Err(fault) => refuse(&fault, request, request_id, now),
    };
    let headers = response.headers_mut();
    set(headers, HeaderName::from_static("request-id"), request_id);
    let echoed = request.get("client-request-id").cloned();
    let echoed = echoed.or_else(|| HeaderValue::from_str(request_id).ok());
    if let Some(value) = echoed {
        headers.insert("client-request-id", value);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(seconds) = u64::try_from(now.as_second()) {
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        set(headers, DATE, &httpdate::fmt_http_date(date));
    }
    response
}

fn refuse(fault: &Fault, request: &HeaderMap, request_id: &str, now: Timestamp) -> Response<Bytes> {
    let client = request.get("client-request-id").and_then(|value| value.to_str().ok()).unwrap_or(request_id);
    let mut body = json!({
        "error": {
            "code": fault.code,
            "message": fault.message,
            "innerError": {
                "date": now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "request-id": request_id,
                "client-request-id": client,
            },
        },
    });
    if let Some(code) = fault.inner {
        body["error"]["innerError"]["code"] = code.into();
    }
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    set(response.headers_mut(), CONTENT_TYPE, PLAIN_JSON);
    for (name, value) in fault.headers() {
        set(response.headers_mut(), name, value);
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
