//! An answer, as a raw request returns it.

use std::collections::BTreeMap;

use connector_sdk::{
    ApiVersion, Body, Code, DownloadName, Error, File, Json, Plan, Raw, Request, Response, Result, Sent,
};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::hidden;
use crate::vocabulary::{Answer, ResponseType};

/// Sends a request and returns its answer. With `debug`, the answer or the error shows the request.
/// What speaks against the request is in the answer, or in the advice if Graph refused it.
pub(crate) fn send(request: Request, expected: ResponseType, debug: bool) -> Plan<Answer> {
    let warnings = request.options().warnings().to_vec();
    let shown = if debug { show(&request).ok() } else { None };
    let plan = if expected == ResponseType::Binary && request.method != Method::HEAD {
        request
            .store(DownloadName::default())
            .try_map(|stored| Answer::of(stored.status, &stored.headers, json_of(&stored.file)?))
    } else {
        Plan::finish(request, move |response| read(response, expected))
    };
    let plan = if warnings.is_empty() { plan } else { warned(plan, warnings) };
    let Some(shown) = shown else { return plan };
    let on_error = shown.clone();
    plan.map(move |answer| Answer { request: Some(shown), ..answer })
        .or_else(move |error| Plan::fail(error.context(format!("(the request was {on_error})"))))
}

fn warned(plan: Plan<Answer>, warnings: Vec<String>) -> Plan<Answer> {
    let advice = warnings.join(" ");
    plan.map(move |answer| Answer { warnings, ..answer }).or_else(move |error| {
        let refused = matches!(error.code(), Code::NotFound | Code::Rejected | Code::Forbidden | Code::Conflict);
        Plan::fail(if refused { with_advice(error, &advice) } else { error })
    })
}

fn with_advice(error: Error, more: &str) -> Error {
    let advice = format!("{} {more}", error.advice());
    error.with_hint(advice)
}

/// Reads an answer. A body that is not what was expected is handed on as what it is: the request has
/// been carried out, and an error would say otherwise.
pub(crate) fn read(response: Response, expected: ResponseType) -> Result<Answer> {
    let body = match expected {
        _ if response.body.is_empty() => json_of(&Value::Null)?,
        ResponseType::Json => match response.json() {
            Ok(json) => Raw::new(json),
            Err(_) => text(&response)?,
        },
        ResponseType::Text | ResponseType::Binary => text(&response)?,
    };
    Answer::of(response.status, &response.headers, body)
}

impl Answer {
    fn of(status: StatusCode, headers: &HeaderMap, body: Raw<Value>) -> Result<Answer> {
        Ok(Answer {
            status: status.as_u16(),
            headers: names_and_values(headers),
            body,
            warnings: Vec::new(),
            request: None,
        })
    }
}

fn text(response: &Response) -> Result<Raw<Value>> {
    match std::str::from_utf8(&response.body) {
        Ok(text) => json_of(text),
        Err(_) => {
            let media = response.header("content-type").unwrap_or("application/octet-stream");
            json_of(&File::new("download", media, 0).with_content(&response.body))
        }
    }
}

fn json_of<T: serde::Serialize + ?Sized>(value: &T) -> Result<Raw<Value>> {
    Json::of(value).map(Raw::new)
}

fn names_and_values(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut all = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        // A cookie is a credential of the connection.
        if name == http::header::SET_COOKIE {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        all.entry(name.as_str().to_owned())
            .and_modify(|known| *known = format!("{known}, {value}"))
            .or_insert_with(|| value.into_owned());
    }
    all
}

/// The request as it is sent, without secrets: no authorization, and in the place of what announces a
/// secret `(hidden)`. Of a body that is neither JSON nor a form, only the size.
fn show(request: &Request) -> Result<Value> {
    let sent = Sent::of(request)?;
    let url = match (request.link(), request.version) {
        (Some(_), _) => sent.url,
        (None, None | Some(ApiVersion::V1)) => format!("/v1.0{}", sent.url),
        (None, Some(ApiVersion::Beta)) => format!("/beta{}", sent.url),
    };
    let headers: BTreeMap<String, String> =
        sent.headers.into_iter().map(|(name, value)| (name.clone(), hidden::header(&name, value))).collect();
    let body = match (&request.body, sent.body) {
        (Body::Bytes(content_type, bytes), _) => match serde_json::from_slice::<Value>(bytes) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => Some(masked(value)),
            _ => Some(format!("({} bytes of {content_type})", bytes.len()).into()),
        },
        (_, body) => body.map(masked),
    };
    Ok(json!({ "method": request.method.as_str(), "url": hidden::url(&url), "headers": headers, "body": body }))
}

fn masked(mut value: Value) -> Value {
    hidden::json(&mut value);
    value
}
