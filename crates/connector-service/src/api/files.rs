//! Temporary files: uploads, and what runs have returned.

use axum::body::Body;
use axum::response::Response;
use connector_runtime::{AuthorizedHost, ByteRange, Code, Error, OpenedFile, TemporaryFile};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer;
use crate::body::{self, Parts};
use crate::call::Call;
use crate::problem::Problem;
use crate::route::Answer;

/// Media type of a file whose caller names none.
const USUAL: &str = "application/octet-stream";

/// What stands as it is in a header's extended value: RFC 8187's `attr-char`.
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The files of a caller.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Files")]
pub(crate) struct List {
    /// The files.
    files: Vec<TemporaryFile>,
}

/// A file that was removed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RemovedFile")]
pub(crate) struct Removed {
    /// Id of the file.
    removed: String,
}

/// Stores a file: the body is its content.
pub(crate) async fn add(mut call: Call) -> Answer {
    let content_type = call.header("content-type")?.unwrap_or(USUAL).to_owned();
    let length = declared_length(&call.headers);
    let name = call.query.get("name").unwrap_or("file").to_owned();
    let parts = body::parts(std::mem::take(&mut call.body), call.limits.body_time);
    let file = stored(&call.host, (&name, &content_type), length, parts).await?;
    Ok(answer::created(&file)?)
}

async fn stored(
    host: &AuthorizedHost,
    (name, content_type): (&str, &str),
    length: Option<u64>,
    mut parts: Parts,
) -> Result<TemporaryFile, Problem> {
    let mut writer = host.files().create(name, content_type, length).await?;
    while let Some(part) = parts.next().await? {
        writer.write(part).await?;
    }
    Ok(writer.finish().await?)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Lists the files of the caller.
pub(crate) async fn list(call: Call) -> Answer {
    Ok(answer::json(&List { files: call.host.files().list().await? })?)
}

/// Returns the content of a file, or a range of it.
pub(crate) async fn content(call: Call) -> Answer {
    let id = call.param("id");
    // Of several ranges, and of what is no range, the whole file is the answer (RFC 9110 14.2).
    let range: Option<ByteRange> = call.header("range")?.and_then(|range| range.parse().ok());
    let is_part = range.is_some();
    let opened = match call.host.files().open(id, range).await {
        Err(error) if error.reason() == Some("range") => return Err(unsatisfiable(&call.host, id, error).await),
        opened => opened?,
    };
    downloaded(opened, is_part)
}

async fn unsatisfiable(host: &AuthorizedHost, id: &str, error: Error) -> Problem {
    let mut problem = Problem::from(error);
    problem.set_status(StatusCode::RANGE_NOT_SATISFIABLE);
    let size = host.files().show(id).await.map(|file| format!("bytes */{}", file.size));
    if let Some(size) = size.ok().and_then(|size| HeaderValue::from_str(&size).ok()) {
        problem.set_header(header::CONTENT_RANGE, size);
    }
    problem
}

fn downloaded(opened: OpenedFile, is_part: bool) -> Answer {
    let OpenedFile { file, range, content, .. } = opened;
    let length = range.end.saturating_sub(range.start);
    let mut response = Response::new(Body::from_stream(content));
    let value = |text: String| {
        HeaderValue::from_str(&text)
            .map_err(|error| Error::new(Code::Bug, "a header cannot be written").caused_by(error))
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value(file.content_type.clone())?);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_DISPOSITION, value(disposition(&file.name))?);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, value(format!("\"{}\"", file.sha256))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    if is_part {
        let last = range.end.saturating_sub(1);
        headers.insert(header::CONTENT_RANGE, value(format!("bytes {}-{last}/{}", range.start, file.size))?);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

// Never shown in the page of a browser, whatever it claims to be.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c == ' ' || (c.is_ascii_graphic() && !"\"\\%".contains(c)) { c } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, EXTENDED))
}

/// Removes a file.
pub(crate) async fn remove(call: Call) -> Answer {
    call.host.files().remove(call.param("id")).await?;
    Ok(answer::json(&Removed { removed: call.param("id").to_owned() })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_alphabet_is_in_the_header() {
        assert_eq!(
            disposition("report 1.pdf"),
            "attachment; filename=\"report 1.pdf\"; filename*=UTF-8''report%201.pdf"
        );
        let odd = disposition("a\"b\r\nü.txt");
        assert_eq!(odd, "attachment; filename=\"a_b___.txt\"; filename*=UTF-8''a%22b%0D%0A%C3%BC.txt");
        assert!(HeaderValue::from_str(&odd).is_ok());
    }
}
