//! Errors of Graph's responses.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::value::RawValue;

use crate::error_body::{self, ErrorBody};
use crate::{Code, Error, Response, Retry, Upstream, without_bom};

impl Error {
    /// Creates the error that a response of Graph means; see [the error format][1].
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/errors
    pub fn from_response(response: &Response) -> Error {
        let upstream = upstream(response);
        let status = response.status;
        let named = upstream.code.as_deref().unwrap_or_default();
        let code = match status {
            StatusCode::UNAUTHORIZED if is_about_the_account(&upstream) => Code::Forbidden,
            StatusCode::UNAUTHORIZED => Code::NotConnected,
            StatusCode::FORBIDDEN => Code::Forbidden,
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Code::Conflict,
            StatusCode::TOO_MANY_REQUESTS => Code::Throttled,
            StatusCode::GONE | StatusCode::BAD_REQUEST if is_resync_code(named) => Code::Conflict,
            StatusCode::BAD_REQUEST if upstream.codes().any(is_conflict_code) => Code::Conflict,
            // Somebody else has it locked, which passes.
            StatusCode::LOCKED => Code::Unavailable,
            status if is_final_refusal(status) => Code::Rejected,
            status if status.is_client_error() => Code::Rejected,
            status if status.is_server_error() => Code::Unavailable,
            _ => Code::Protocol,
        };
        let said = match (&upstream.code, &upstream.message) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(said), None) | (None, Some(said)) => said.clone(),
            (None, None) => status.canonical_reason().unwrap_or("no reason given").to_owned(),
        };
        let about = upstream.about();
        let about = if about.is_empty() { String::new() } else { format!(" [{}]", about.join(", ")) };
        let mut error = Error::new(code, format!("Graph answered {}: {said}{about}", status.as_u16()));
        match status {
            StatusCode::UNAUTHORIZED if code == Code::Forbidden => error = error.with_hint(ACCOUNT),
            StatusCode::BAD_REQUEST if code == Code::Conflict && !is_resync_code(named) => {
                error = error.with_hint(CONFLICT)
            }
            StatusCode::LOCKED => error = error.with_hint("Somebody else has it locked or open. Try again in a while."),
            StatusCode::INSUFFICIENT_STORAGE => error = error.with_hint(FULL),
            _ => {}
        }
        if let Some(after) = response.retry_after.filter(|_| !is_final_refusal(status)) {
            error = error.retry(Retry::After(after));
        }
        let is_missing = upstream.code.as_deref() == Some("Request_ResourceNotFound")
            || upstream
                .message
                .as_deref()
                .is_some_and(|message| message.contains("does not reference a valid application object"));
        if is_missing {
            error = error.with_hint(MISSING);
        }
        error.with_upstream(upstream)
    }

    /// Creates the error of a response whose status is a success and whose body is an error and nothing else: Graph
    /// failed when the status was sent already, or something between answered in its place. `None` for any other body.
    pub fn in_success(response: &Response) -> Option<Error> {
        // An object with a property of this name has others too, and a collection has its `value`.
        let body = without_bom(&response.body).trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
        if !body.starts_with(b"\"error\"") {
            return None;
        }
        let members: BTreeMap<&str, &RawValue> = serde_json::from_slice(without_bom(&response.body)).ok()?;
        members.get("error").filter(|error| error.get().starts_with('{') && members.len() == 1)?;
        let upstream = upstream(response);
        let said: Vec<&str> = [&upstream.code, &upstream.message].into_iter().flatten().map(String::as_str).collect();
        let said = if said.is_empty() { "no reason given".to_owned() } else { said.join(": ") };
        let message = format!("Graph answered {} with an error: {said}", response.status.as_u16());
        Some(Error::new(Code::Unavailable, message).with_upstream(upstream))
    }

    /// Returns whether a delta link has expired, so that all changes must be read again: status 410, or
    /// `syncStateNotFound`; see [delta query][1].
    ///
    /// [1]: https://learn.microsoft.com/en-us/graph/delta-query-overview
    pub fn is_resync(&self) -> bool {
        self.upstream().is_some_and(|said| said.status == 410 || said.codes().any(is_resync_code))
    }
}

/// Advice for an object that the directory does not know. It may be new.
const MISSING: &str = "Check the id. If the object was made a moment ago, not every server of the directory knows it yet: try again in some seconds.";

/// Advice for a mailbox or drive that is full.
const FULL: &str = "There is no room left for it. Make room in the mailbox, drive or site, or ask an administrator for more, then try again.";

/// Advice where Exchange responds 401 for an account that it has nothing for; a new token does not change that.
const ACCOUNT: &str = "The sign-in is in order, so signing in again does not help. The account may have no mailbox: it has no licence for \
                       Exchange Online, the licence is too new, or its mailbox is on premises. Check the account and its licence.";

/// Advice for a value that must be unique, sometimes of a property that was not sent.
const CONFLICT: &str = "A value that must be unique belongs to another object; the error names the property and the object where Graph does. \
                        It may be a property that was not sent. Change that object, or choose another value.";

/// Returns whether a 401 means that the token is valid and the account is not: Exchange names nothing at all then, or
/// the user.
fn is_about_the_account(said: &Upstream) -> bool {
    let categories = ["invalid_user", "invalid_permissions"];
    let is_nameless =
        said.code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case("UnknownError")) && said.message.is_none();
    is_nameless || said.inner_codes.iter().any(|code| categories.contains(&code.as_str()))
}

fn is_conflict_code(code: &str) -> bool {
    ["ObjectConflict", "ConflictingObjects"].iter().any(|known| known.eq_ignore_ascii_case(code))
}

/// Returns whether a 5xx status means that the request was read and certainly not carried out, now or later: it is not
/// implemented, or there is no room left.
pub(crate) fn is_final_refusal(status: StatusCode) -> bool {
    matches!(status.as_u16(), 501 | 505 | 507 | 508 | 510)
}

fn is_resync_code(code: &str) -> bool {
    [
        "syncStateNotFound",
        "syncStateInvalid",
        "resyncRequired",
        "resyncChangesApplyDifferences",
        "resyncChangesUploadDifferences",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(code))
}

// Reads what a response says of its error.
fn upstream(response: &Response) -> Upstream {
    let header = |name: &str| response.header(name).map(str::to_owned);
    let body = ErrorBody::read(&response.body);
    let diagnosis = response.header("x-ms-diagnostics").map(diagnosis).unwrap_or_default();
    let mut inner_codes = body.inner_codes;
    inner_codes.extend(diagnosis.category);
    Upstream {
        status: response.status.as_u16(),
        code: body.code,
        inner_codes,
        message: body.message.or(diagnosis.reason),
        target: body.target,
        details: body.details,
        request_id: header("request-id").or(body.request_id),
        client_request_id: header("client-request-id").or(body.client_request_id),
    }
}

#[derive(Default)]
struct Diagnosis {
    category: Option<String>,
    reason: Option<String>,
}

// Exchange's header: `2000010;reason="The mailbox is not available.";error_category="invalid_user"`.
fn diagnosis(header: &str) -> Diagnosis {
    let value = |name: &str| {
        let at = header.find(&format!("{name}=\""))? + name.len() + 2;
        let text = header[at..].split('"').next()?.trim();
        (!text.is_empty()).then(|| text.chars().take(error_body::LONGEST).collect())
    };
    Diagnosis { category: value("error_category"), reason: value("reason") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_graph_keeps_its_codes_and_ids() {
        let body = r#"{"error":{"code":"ErrorItemNotFound","message":"gone","innerError":{"code":"inner","request-id":"r1","innererror":{"code":"deep"}}}}"#;
        let error = Error::from_response(&Response::new(404, body));
        assert_eq!(error.code(), Code::NotFound);
        assert!(error.has_upstream_code("erroritemnotfound") && error.has_upstream_code("deep"));
        assert_eq!(error.to_string(), "Graph answered 404: ErrorItemNotFound: gone (request-id r1)");
    }

    #[test]
    fn a_lost_cursor_is_recognised_in_each_form() {
        assert!(Error::from_response(&Response::new(410, "")).is_resync());
        assert!(Error::from_response(&Response::new(400, r#"{"error":{"code":"SyncStateNotFound"}}"#)).is_resync());
        assert!(!Error::from_response(&Response::new(400, r#"{"error":{"code":"BadRequest"}}"#)).is_resync());
    }
}
