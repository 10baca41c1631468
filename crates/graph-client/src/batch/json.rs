//! JSON of a batch. Bodies are spliced in and sliced out as they are, without being parsed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use bytes::Bytes;
use connector_sdk::{BatchAnswer, Error, Response, Result};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;

use super::job::BatchPart;
use crate::Session;
use crate::build_call::below;
use crate::retry_after;

#[derive(Serialize)]
struct BatchRequest<'a> {
    requests: Vec<PartRequest<'a>>,
}

#[derive(Serialize)]
struct PartRequest<'a> {
    id: String,
    method: &'a str,
    url: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    #[serde(rename = "dependsOn", skip_serializing_if = "Option::is_none")]
    depends_on: Option<[String; 1]>,
}

fn id(place: usize) -> String {
    format!("r{}", place + 1)
}

/// Serializes the batch. `chained`: each part waits for the one before it.
///
/// # Errors
/// `invalid_input` when a body is not JSON.
pub(super) fn write(parts: &[BatchPart<'_>], session: &Session, chained: bool) -> Result<Bytes> {
    let requests = parts.iter().enumerate().map(|(place, part)| {
        let call = &part.call;
        let mut url = below(&call.url, session).to_owned();
        if let Some(query) = call.url.query() {
            url.push('?');
            url.push_str(query);
        }
        let body = match call.body.is_empty() {
            true => None,
            false => Some(
                serde_json::from_slice::<&RawValue>(&call.body)
                    .map_err(|error| Error::invalid("", format!("a body is not JSON: {error}")))?,
            ),
        };
        let depends_on = (chained && place > 0).then(|| [id(place - 1)]);
        Ok(PartRequest {
            id: id(place),
            method: call.request.method.as_str(),
            url,
            headers: headers(&call.headers),
            body,
            depends_on,
        })
    });
    let envelope = BatchRequest { requests: requests.collect::<Result<_>>()? };
    serde_json::to_vec(&envelope)
        .map(Bytes::from)
        .map_err(|error| Error::bug("a batch could not be written").caused_by(error))
}

fn headers(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut out = BTreeMap::<&str, String>::new();
    for (name, value) in headers {
        // What every answer of a batch is anyway, and what belongs to the message around it.
        if name == "return-client-request-id" || (name == ACCEPT && value == "application/json") {
            continue;
        }
        let value = value.to_str().unwrap_or_default();
        out.entry(name.as_str()).and_modify(|all| *all = format!("{all}, {value}")).or_insert_with(|| value.to_owned());
    }
    out
}

/// Reads the responses, in the order of the parts; those that did not come are absent.
///
/// # Errors
/// `protocol` when this is not the answer to a batch.
pub(crate) fn read(response: &Response, parts: usize) -> Result<Vec<Option<Response>>> {
    let mut answers: Vec<Option<Response>> = (0..parts).map(|_| None).collect();
    let mut doubtful = vec![false; parts];
    for answer in BatchAnswer::read(&response.body)? {
        // Graph compares ids without case.
        let Some(place) = (0..parts).find(|&place| id(place).eq_ignore_ascii_case(&answer.id)) else { continue };
        let Ok(status) = StatusCode::from_u16(answer.status) else { continue };
        let mut headers = HeaderMap::new();
        let named = answer.headers.and_then(|headers| headers.read::<BTreeMap<String, serde_json::Value>>().ok());
        for (name, value) in named.unwrap_or_default() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(text)) {
                headers.append(name, value);
            }
        }
        let body = answer.body.filter(|body| body.as_str() != "null").map_or_else(Bytes::new, |body| {
            let slice = body.bytes().clone();
            if is_json(&headers) { slice } else { decode(slice) }
        });
        let retry_after = retry_after::read(&headers);
        let answer = Response::from_parts(status, headers, body).with_retry_after(retry_after);
        let known = answers[place].get_or_insert_with(|| answer.clone());
        doubtful[place] |= (known.status, &known.body) != (answer.status, &answer.body);
    }
    // Where two speak for one request, and differ, one of them is about another request.
    let clear = answers.into_iter().zip(doubtful).map(|(answer, doubtful)| answer.filter(|_| !doubtful));
    Ok(clear.collect())
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_none_or(|media| media.to_str().is_ok_and(|media| media.to_ascii_lowercase().contains("json")))
}

// What is not JSON comes as a JSON string: base64 for bytes, else the text itself.
fn decode(raw: Bytes) -> Bytes {
    match serde_json::from_slice::<Cow<'_, str>>(&raw) {
        Ok(text) => STANDARD
            .decode(text.as_bytes())
            .or_else(|_| URL_SAFE.decode(text.as_bytes()))
            .unwrap_or_else(|_| text.into_owned().into())
            .into(),
        Err(_) => raw,
    }
}
