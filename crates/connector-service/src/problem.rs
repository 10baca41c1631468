//! Errors as the service answers them: problem details (RFC 9457) with the members of every error.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use connector_runtime::{Code, Error, Issue, Retry};
use connector_sdk::Actor;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::request_id::RequestId;

/// Media type of problem details.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A code of the service alone. Those of the host are [`Code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceCode {
    /// There is no key, or none that is known.
    Unauthenticated,
    /// The request is for another host, or comes from a page of another origin.
    ForeignOrigin,
    /// There is no such path.
    NoSuchRoute,
    /// The path takes another method.
    MethodNotAllowed,
    /// No form of the answer is accepted.
    NotAcceptable,
    /// The body did not arrive in time.
    Timeout,
    /// The body is larger than the service takes.
    TooLarge,
    /// The body is of a media type that the route does not take.
    UnsupportedMediaType,
    /// Too much of this caller is running.
    Overloaded,
}

impl ServiceCode {
    /// All codes, in the order of the documentation.
    pub(crate) const ALL: [ServiceCode; 9] = [
        ServiceCode::Unauthenticated,
        ServiceCode::ForeignOrigin,
        ServiceCode::NoSuchRoute,
        ServiceCode::MethodNotAllowed,
        ServiceCode::NotAcceptable,
        ServiceCode::Timeout,
        ServiceCode::TooLarge,
        ServiceCode::UnsupportedMediaType,
        ServiceCode::Overloaded,
    ];

    // name, status, who acts, what to do when nothing better is known
    const fn row(self) -> (&'static str, u16, Actor, &'static str) {
        match self {
            ServiceCode::Unauthenticated => {
                ("unauthenticated", 401, Actor::Caller, "Send a key in the header `Authorization: Bearer tnk_…`.")
            }
            ServiceCode::ForeignOrigin => (
                "foreign_origin",
                403,
                Actor::Operator,
                "Use the address that the service prints when it starts, or start it with its public URL.",
            ),
            ServiceCode::NoSuchRoute => ("no_such_route", 404, Actor::Caller, "GET /v1/openapi.json lists the paths."),
            ServiceCode::MethodNotAllowed => {
                ("method_not_allowed", 405, Actor::Caller, "Use a method that the header Allow names.")
            }
            ServiceCode::NotAcceptable => {
                ("not_acceptable", 406, Actor::Caller, "Accept one of the media types that the message names.")
            }
            ServiceCode::Timeout => ("timeout", 408, Actor::Caller, "Send the whole body at once, and try again."),
            ServiceCode::TooLarge => {
                ("too_large", 413, Actor::Caller, "Send less in one request; large contents are sent as files.")
            }
            ServiceCode::UnsupportedMediaType => (
                "unsupported_media_type",
                415,
                Actor::Caller,
                "Send JSON, with the header `Content-Type: application/json`.",
            ),
            ServiceCode::Overloaded => {
                ("overloaded", 503, Actor::Nobody, "Wait for earlier calls to end, then try again.")
            }
        }
    }

    /// Returns the stable name.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    /// Returns the HTTP status.
    pub(crate) const fn status(self) -> u16 {
        self.row().1
    }

    /// Returns who can put it right.
    pub(crate) const fn who_acts(self) -> Actor {
        self.row().2
    }

    /// Returns what to do.
    pub(crate) const fn hint(self) -> &'static str {
        self.row().3
    }
}

/// An error as an answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    members: Map<String, Value>,
    // On the heap, so that results stay small.
    headers: Box<HeaderMap>,
}

impl Problem {
    /// Creates a problem of the service itself.
    pub(crate) fn new(code: ServiceCode, detail: impl Into<String>) -> Problem {
        let (name, status, who_acts, hint) = code.row();
        let error = json!({
            "code": name,
            "message": detail.into(),
            "hint": hint,
            "whoActs": who_acts,
            "retryable": matches!(code, ServiceCode::Overloaded | ServiceCode::Timeout),
        });
        let mut problem = Problem::of(status, error);
        match code {
            ServiceCode::Unauthenticated => {
                problem.set_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tenon\""));
            }
            ServiceCode::Overloaded => problem.set_retry_after(1.0),
            _ => {}
        }
        problem
    }

    /// Creates the problem of a request that breaks a rule of the service, such as an unknown parameter.
    pub(crate) fn invalid(issues: Vec<Issue>) -> Problem {
        Error::issues(issues).into()
    }

    fn of(status: u16, error: Value) -> Problem {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let Value::Object(mut error) = error else { return Problem::of(500, json!({})) };
        let code = error.get("code").and_then(Value::as_str).unwrap_or("bug").to_owned();
        let mut members = Map::new();
        members.insert("type".into(), format!("/v1/errors/{code}").into());
        members.insert("title".into(), title(&code).into());
        members.insert("status".into(), status.as_u16().into());
        members.insert("detail".into(), error.remove("message").unwrap_or_default());
        members.append(&mut error);
        Problem { status, members, headers: Box::default() }
    }

    /// Adds a member.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Problem {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a header of the answer.
    pub(crate) fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }

    /// Sets the status, where the code's does not say enough.
    pub(crate) fn set_status(&mut self, status: StatusCode) {
        self.status = status;
        self.members.insert("status".into(), status.as_u16().into());
    }

    fn set_retry_after(&mut self, seconds: f64) {
        self.members.insert("retryAfterSeconds".into(), seconds.into());
        self.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.ceil().max(1.0) as u64));
    }

    /// Returns the answer to the request with this id.
    pub(crate) fn answer(mut self, id: RequestId) -> Response {
        self.members.insert("instance".into(), format!("urn:uuid:{id}").into());
        self.into_response()
    }

    /// Returns the members, for a stream that has begun.
    pub(crate) fn into_members(mut self, id: RequestId) -> Value {
        self.members.insert("instance".into(), format!("urn:uuid:{id}").into());
        Value::Object(self.members)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let status = match (error.code(), error.reason()) {
            // The IETF draft of the header has a status of its own for it.
            (Code::InvalidInput, Some("key_reused")) => 422,
            (code, _) => code.http_status(),
        };
        let retry = error.retryability();
        let mut problem = Problem::of(status, serde_json::to_value(&error).unwrap_or_default());
        if let Retry::After(time) = retry {
            problem.set_retry_after(time.as_secs_f64());
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.members).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        *response.headers_mut() = *self.headers;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Returns the title of a code: its name as words.
pub(crate) fn title(code: &str) -> String {
    let mut words = code.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_error_keeps_its_members_and_gets_those_of_a_problem() {
        let error = Error::new(Code::Throttled, "later").retry(Retry::After(Duration::from_millis(2500)));
        let problem = Problem::from(error);
        assert_eq!(problem.headers[header::RETRY_AFTER], "3");
        let members = Value::Object(problem.members);
        assert_eq!(members["type"], "/v1/errors/throttled");
        assert_eq!((members["title"].as_str(), members["status"].as_u64()), (Some("Throttled"), Some(429)));
        assert_eq!((members["detail"].as_str(), members["message"].as_str()), (Some("later"), None));
        assert_eq!(members["retryAfterSeconds"], 2.5);
    }

    #[test]
    fn the_codes_of_the_service_are_none_of_the_host() {
        for code in ServiceCode::ALL {
            assert!(Code::ALL.iter().all(|known| known.name() != code.name()), "{}", code.name());
            assert!((400..600).contains(&code.status()), "{}", code.name());
        }
    }
}
