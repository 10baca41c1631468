//! What a fault answers, and what it does to an answer.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, DATE, LOCATION, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;

use super::limits::Over;
use super::rule::is_sign_in;
use super::{Asked, Fault, Faults, HostileLink, RetryAfter};
use crate::entra::transient;
use crate::reply;

impl Faults {
    /// The answer of a limit.
    pub(super) fn over(&self, asked: &Asked<'_>, over: &Over) -> Response<Bytes> {
        let (code, message) = match over {
            Over::Rate => ("TooManyRequests", "Too many requests."),
            Over::Mailbox => ("ApplicationThrottled", "Application is over its MailboxConcurrency limit."),
        };
        let mut response = self.error(asked, StatusCode::TOO_MANY_REQUESTS, code, message);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        response
    }

    /// The answer of a fault that refuses, and how long the same request must not come again.
    pub(super) fn refusal(&self, asked: &Asked<'_>, fault: &Fault) -> (Response<Bytes>, Option<Duration>) {
        let uri = asked.request.uri();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let error = |status, code, message| self.error(asked, status, code, message);
        let response = match fault {
            Fault::Throttle { retry_after } => {
                return self.with_retry_after(
                    error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Too many requests."),
                    retry_after,
                );
            }
            Fault::Unavailable { retry_after } => {
                let response = error(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "serviceNotAvailable",
                    "The service is temporarily unavailable.",
                );
                return self.with_retry_after(response, retry_after);
            }
            Fault::GatewayTimeout => {
                error(StatusCode::GATEWAY_TIMEOUT, "UnknownError", "The gateway did not get an answer in time.")
            }
            Fault::ClaimsChallenge { claims } => {
                let message = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
                let challenge =
                    format!(", error=\"insufficient_claims\", claims=\"{}\"", STANDARD.encode(claims.to_string()));
                reply::unauthorized(&self.clock, asked.request.headers(), message, &challenge)
            }
            Fault::Unauthorized => {
                reply::unauthorized(&self.clock, asked.request.headers(), "Access token validation failure.", "")
            }
            Fault::Gone => {
                let mut response = error(
                    StatusCode::GONE,
                    "resyncRequired",
                    "Resync required. Replace any local items with the server's version.",
                );
                let location = HeaderValue::try_from(format!("{}{}", asked.origin, uri.path()));
                if let (true, Ok(location)) = (path.contains("delta"), location) {
                    response.headers_mut().insert(LOCATION, location);
                }
                response
            }
            Fault::Redirect { origin } => reply::redirect(&format!("{}{path}", origin.trim_end_matches('/'))),
            Fault::Status { status, code, message } => {
                error(StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), code, message)
            }
            other => {
                error(StatusCode::INTERNAL_SERVER_ERROR, "generalException", &format!("{other:?} does not refuse"))
            }
        };
        (response, None)
    }

    // The sign-in service has its own shape of errors.
    fn error(&self, asked: &Asked<'_>, status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
        let headers = asked.request.headers();
        if !asked.part && is_sign_in(asked.request.uri().path()) {
            let mut response = transient(&self.clock, headers);
            *response.status_mut() = status;
            return response;
        }
        reply::graph_error(&self.clock, headers, status, code, message)
    }

    fn with_retry_after(
        &self,
        mut response: Response<Bytes>,
        form: &Option<RetryAfter>,
    ) -> (Response<Bytes>, Option<Duration>) {
        let now = SystemTime::from(self.clock.now());
        let (text, pause) = match form {
            None => return (response, None),
            Some(RetryAfter::Seconds(seconds)) => (seconds.to_string(), Some(Duration::from_secs(*seconds))),
            Some(RetryAfter::Decimal(seconds)) => (seconds.to_string(), Duration::try_from_secs_f64(*seconds).ok()),
            Some(RetryAfter::Date { date }) => {
                let date = httpdate::HttpDate::from(now + Duration::from_secs(*date));
                // the text has whole seconds, so the pause is what the text says
                (date.to_string(), SystemTime::from(date).duration_since(now).ok())
            }
            Some(RetryAfter::Text(text)) => (text.clone(), None),
        };
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("1")));
        if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(now)) {
            headers.insert(DATE, date);
        }
        (response, pause)
    }
}

/// Whether a token that was asked for with `given` answers the challenge.
pub(super) fn met(challenge: &Value, given: Option<&Value>) -> bool {
    let wanted = challenge["access_token"].as_object();
    wanted.is_none_or(|wanted| {
        wanted.iter().all(|(name, value)| given.is_some_and(|given| given.get(name) == Some(value)))
    })
}

/// Makes the next link of an answer lead astray.
pub(crate) fn mislead(response: Response<Bytes>, origin: &str, path: &str, link: HostileLink) -> Response<Bytes> {
    const NEXT: &str = "@odata.nextLink";
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else { return response };
    let Some(object) = body.as_object_mut() else { return response };
    let good = object.get(NEXT).and_then(Value::as_str).map_or_else(|| format!("{origin}{path}"), str::to_owned);
    let rest = good.strip_prefix(origin).unwrap_or(path);
    let bad = match link {
        HostileLink::OtherHost => format!("https://graph.microsoft.com.evil.example{rest}"),
        HostileLink::OtherPort => format!("{}:1{rest}", without_port(origin)),
        HostileLink::PlainHttp => format!("http://graph.microsoft.com{rest}"),
        HostileLink::OtherPath => {
            format!("{origin}{}", rest.replacen("/v1.0/", "/v1.0.evil/", 1).replacen("/beta/", "/beta.evil/", 1))
        }
        HostileLink::Loop => format!("{origin}{path}"),
    };
    object.insert(NEXT.to_owned(), bad.into());
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Bytes::from(body.to_string()))
}

fn without_port(origin: &str) -> &str {
    let host = origin.find("://").map_or(0, |at| at + 3);
    // not a colon of an IPv6 address
    match origin.rfind(':') {
        Some(at) if at > host && origin[at + 1..].bytes().all(|byte| byte.is_ascii_digit()) => &origin[..at],
        _ => origin,
    }
}

/// The bytes that arrive, and whether some are missing.
pub(crate) fn truncate(body: &Bytes, bytes: usize) -> (Bytes, bool) {
    (body.slice(..bytes.min(body.len())), bytes < body.len())
}
