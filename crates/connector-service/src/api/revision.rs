//! Revisions of what is stored, as the headers `ETag` and `If-Match` have them.

use axum::response::Response;
use connector_runtime::Error;
use connector_runtime::store::Revision;
use http::{HeaderValue, header};

use crate::call::Call;
use crate::problem::Problem;

/// Returns the revision that a change expects.
///
/// # Errors
/// `invalid_input` for what is no tag of ours.
pub(super) fn expected(call: &Call) -> Result<Option<Revision>, Problem> {
    let Some(text) = call.header("if-match")? else { return Ok(None) };
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
    match number {
        Some(number) => Ok(Some(Revision::new(number))),
        None => Err(Error::invalid("", "the header If-Match is no ETag of an answer, such as \"17\"").into()),
    }
}

/// Adds the tag of a revision to an answer.
pub(super) fn with_tag(revision: Revision, mut response: Response) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", revision.number())) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
