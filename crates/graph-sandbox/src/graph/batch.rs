//! `POST /$batch`.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::PartFault;
use super::fault::Fault;
use super::reply::{Outcome, Reply};
use super::view::Object;

/// How many requests one batch may have.
const MOST: usize = 20;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    id: Option<Value>,
    method: Option<String>,
    url: Option<String>,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Option<Value>,
    #[serde(default)]
    depends_on: Option<Vec<String>>,
}

/// Runs the parts through `send`, in an order that respects `dependsOn`.
///
/// # Errors
/// What makes Graph refuse the whole batch. A part that fails is in the answer.
pub(crate) fn run(
    request: &Request<Bytes>,
    faults: &PartFault<'_>,
    send: &dyn Fn(&Request<Bytes>) -> Response<Bytes>,
) -> Outcome {
    if request.method() != Method::POST {
        return Err(Fault::method());
    }
    let version = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or("v1.0");
    let batch: Batch =
        serde_json::from_slice(request.body()).map_err(|_| Fault::bad("Invalid batch payload format."))?;
    let ids = check(&batch.requests)?;
    let mut statuses: HashMap<String, u16> = HashMap::new();
    let mut answers = Vec::new();
    let mut changing: Vec<String> = Vec::new();
    for (part, id) in batch.requests.iter().zip(&ids) {
        let failed = part
            .depends_on
            .iter()
            .flatten()
            .any(|other| statuses.get(&fold(other)).is_none_or(|status| *status >= 400));
        let response = if failed {
            let message = "One or more dependent requests failed to complete successfully.";
            let body = json!({"error": {"code": "FailedDependency", "message": message}});
            answer(424, &body)
        } else if part.collides(&mut changing) {
            let message = "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.";
            answer(412, &json!({"error": {"code": "ErrorIrresolvableConflict", "message": message}}))
        } else {
            match part.request(id, version, request.headers()) {
                Ok(part) => faults(&part).unwrap_or_else(|| send(&part)),
                Err(fault) => answer(fault.status, &json!({"error": {"code": fault.code, "message": fault.message}})),
            }
        };
        statuses.insert(fold(id), response.status().as_u16());
        answers.push((id.as_str(), response));
    }
    // Graph promises no order, and clients that count on one shall notice.
    answers.reverse();
    let mut out = Vec::with_capacity(4096);
    out.extend_from_slice(b"{\"responses\":[");
    for (i, (id, response)) in answers.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        print(&mut out, id, response);
    }
    out.extend_from_slice(b"]}");
    Ok(Reply::json(200, out))
}

/// Ids are the same id in either case.
fn fold(id: &str) -> String {
    id.to_lowercase()
}

/// Checks the batch as a whole and returns the ids.
fn check(parts: &[Part]) -> Result<Vec<String>, Fault> {
    if parts.is_empty() {
        return Err(Fault::bad("Invalid batch payload format."));
    }
    if parts.len() > MOST {
        return Err(Fault::bad(format!("Number of batch request steps exceeds the maximum value of {MOST}.")));
    }
    let mut ids: Vec<String> = Vec::new();
    for part in parts {
        let id = match &part.id {
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => return Err(Fault::bad("Invalid batch payload format: every request needs an id.")),
        };
        if ids.iter().any(|known| fold(known) == fold(&id)) {
            return Err(Fault::bad(format!(
                "Request Id '{id}' is used more than once; ids have to be unique in a batch."
            )));
        }
        for other in part.depends_on.iter().flatten() {
            // A request can wait only for one that stands before it.
            if !ids.iter().any(|known| fold(known) == fold(other)) {
                return Err(Fault::bad(format!(
                    "Request '{id}' depends on '{other}', which is not before it in the batch."
                )));
            }
        }
        if part.body.is_some() && header(&part.headers, "content-type").is_none() {
            return Err(Fault::bad(format!("Write request id : {id} does not contain Content-Type header or body.")));
        }
        ids.push(id);
    }
    Ok(ids)
}

fn header<'p>(headers: &'p Map<String, Value>, name: &str) -> Option<&'p str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
}

impl Part {
    /// Whether it changes the attachments of an item while another part of the batch does so: nothing says that it waits
    /// for that. `changing` holds the items whose attachments change.
    fn collides(&self, changing: &mut Vec<String>) -> bool {
        let url = self.url.as_deref().unwrap_or_default().split('?').next().unwrap_or_default();
        let reads = self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case("GET"));
        let Some((item, _)) = url.trim_start_matches('/').split_once("/attachments") else { return false };
        if reads || self.depends_on.as_ref().is_some_and(|others| !others.is_empty()) {
            return false;
        }
        let item = item.to_owned();
        let collides = changing.contains(&item);
        changing.push(item);
        collides
    }

    /// The part as a request of its own.
    fn request(&self, id: &str, version: &str, outer: &HeaderMap) -> Result<Request<Bytes>, Fault> {
        let invalid = |what: &str| Fault::bad(format!("Invalid batch request '{id}': {what}."));
        let method = self.method.as_deref().ok_or_else(|| invalid("it has no method"))?;
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
            .map_err(|_| invalid("its method is not valid"))?;
        let url = self.url.as_deref().ok_or_else(|| invalid("it has no url"))?;
        // In a query, such an address is a value.
        if url.split('?').next().is_some_and(|path| path.contains("://")) || url.starts_with("//") {
            return Err(invalid("its url has to be relative"));
        }
        let url = url.trim_start_matches('/');
        if url.to_ascii_lowercase().starts_with("$batch") {
            return Err(invalid("a batch cannot contain a batch"));
        }
        // Spaces in a part's URL are common, and Graph takes them.
        let uri = format!(
            "/{version}/{}",
            url.replace(' ', "%20").replace('"', "%22").replace('<', "%3C").replace('>', "%3E")
        );
        let mut request = Request::new(self.bytes(id)?);
        *request.method_mut() = method;
        *request.uri_mut() = uri.parse().map_err(|_| invalid("its url is not valid"))?;
        for (name, value) in &self.headers {
            let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
            let name = HeaderName::from_bytes(name.as_bytes()).ok();
            let (Some(name), Some(value)) = (name, value) else {
                return Err(invalid("one of its headers is not valid"));
            };
            request.headers_mut().append(name, value);
        }
        if let Some(authorization) = outer.get(http::header::AUTHORIZATION) {
            request.headers_mut().insert(http::header::AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }

    fn bytes(&self, id: &str) -> Result<Bytes, Fault> {
        let json =
            header(&self.headers, "content-type").is_none_or(|media| media.to_ascii_lowercase().contains("json"));
        match &self.body {
            None | Some(Value::Null) => Ok(Bytes::new()),
            Some(Value::String(text)) if !json => {
                let decoded = STANDARD.decode(text);
                decoded
                    .map(Bytes::from)
                    .map_err(|_| Fault::bad(format!("Invalid batch request '{id}': its body is not base64.")))
            }
            Some(value) => Ok(value.to_string().into()),
        }
    }
}

fn answer(status: u16, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_REQUEST);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn print(out: &mut Vec<u8>, id: &str, response: &Response<Bytes>) {
    let mut object = Object::open(out);
    object.text("id", id);
    object.raw("status", response.status().as_str().as_bytes());
    let kept = response
        .headers()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "request-id" | "client-request-id" | "date"));
    let headers: Map<String, Value> =
        kept.map(|(name, value)| (canonical(name), value.to_str().unwrap_or_default().into())).collect();
    if !headers.is_empty() {
        object.value("headers", &Value::Object(headers));
    }
    if !response.body().is_empty() {
        let json = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|media| media.to_str().is_ok_and(|media| media.contains("json")));
        if json {
            object.raw("body", response.body());
        } else {
            object.text("body", &STANDARD.encode(response.body()));
        }
    }
    object.close();
}

/// `retry-after` as `Retry-After`.
fn canonical(name: &HeaderName) -> String {
    let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    name.as_str()
        .split('-')
        .map(|word| if word.is_empty() { String::new() } else { capital(word) })
        .collect::<Vec<_>>()
        .join("-")
}
