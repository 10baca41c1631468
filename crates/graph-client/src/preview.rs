//! Previews: the requests that a plan would send, without sending them.

use std::collections::BTreeMap;

use bytes::Bytes;
use connector_sdk::{AnyOf, Body, Continuation, Error, Json, Order, Plan, Request, Result, Step};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::{Session, body, origin_guard};

/// The requests that a plan would send first, as far as they can be known without a response.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Preview {
    /// Requests, in order.
    pub requests: Vec<PreviewRequest>,
    /// Whether the preview is complete: nothing more would follow.
    pub complete: bool,
    /// Approximate number of requests that would follow those that are shown, where it is known and they are not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<usize>,
    /// Order of the requests, where there are several: `any` or `in_turn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<&'static str>,
}

/// A request as it would be sent, without its token.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PreviewRequest {
    /// HTTP method.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Path template of the URL.
    pub template: String,
    /// Headers that the action sets.
    pub headers: BTreeMap<String, String>,
    /// Body: JSON as it is, text as text, other bytes as `{"bytes": n}`; `"(hidden)"` if it is sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<Json>,
    /// Permissions that the request needs: of each list any one, the least privileged first.
    pub needs: Vec<AnyOf>,
    /// Warnings about the request; it would be sent all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Returns the preview of a plan: nothing is sent and no token is requested. Attached files are read if the plan wants
/// to read them, so that what is shown is what would be sent.
///
/// # Errors
/// The plan's own, and those of a request that would not be sent.
pub async fn preview<T>(mut plan: Plan<T>, session: &Session) -> Result<Preview> {
    loop {
        plan = match plan.into_step() {
            Step::Done(_) => return Ok(Preview { requests: Vec::new(), complete: true, following: None, order: None }),
            Step::Fail(error) => return Err(error),
            Step::Call { request, then, .. } => return one(show(&request, session)?, &then),
            Step::Download { request, then, .. } => return one(show(&request, session)?, &then),
            Step::All { requests, order, then, .. } => {
                let order = match order {
                    _ if requests.len() < 2 => None,
                    Order::Any => Some("any"),
                    Order::Sequential => Some("in_turn"),
                    _ => None,
                };
                let requests = requests.iter().map(|request| show(request, session)).collect::<Result<_>>()?;
                return Ok(Preview::of(requests, order, &then));
            }
            Step::Upload { upload, then, .. } => {
                let size = body::meta(&upload.file, session.files.as_ref())?.size;
                let request = PreviewRequest {
                    method: "PUT".into(),
                    // The address is a credential.
                    url: "(upload session)".into(),
                    template: "(upload session)".into(),
                    headers: BTreeMap::new(),
                    body: Some(Json::of(&json!({ "bytes": size }))?),
                    needs: Vec::new(),
                    warnings: Vec::new(),
                };
                return one(request, &then);
            }
            Step::Emit { then, .. } | Step::Wait { then, .. } => then.go(Ok(())),
            Step::Read { file, then, .. } => then.go(body::read_whole(&file, session.files.as_ref()).await),
            _ => return Err(Error::unsupported("a step of the plan")),
        };
    }
}

fn one<A, T>(request: PreviewRequest, then: &Continuation<A, T>) -> Result<Preview> {
    Ok(Preview::of(vec![request], None, then))
}

impl Preview {
    fn of<A, T>(requests: Vec<PreviewRequest>, order: Option<&'static str>, then: &Continuation<A, T>) -> Preview {
        Preview { requests, complete: then.is_last(), following: then.following().filter(|count| *count > 0), order }
    }
}

fn show(request: &Request, session: &Session) -> Result<PreviewRequest> {
    origin_guard::check_headers(&request.headers)?;
    let url = if request.is_external() {
        request.path_and_query()?
    } else {
        origin_guard::address(request, &session.endpoint)?.to_string()
    };
    let mut headers = BTreeMap::<String, String>::new();
    for (name, value) in &request.headers {
        let value = value.to_str().unwrap_or("(not text)");
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|all| *all = format!("{all}, {value}"))
            .or_insert_with(|| value.to_owned());
    }
    Ok(PreviewRequest {
        method: request.method.as_str().to_owned(),
        url,
        template: request.template().to_owned(),
        headers,
        body: show_body(request, session)?,
        needs: request.requirements().required(&session.scopes, session.application)?,
        warnings: request.options().warnings().to_vec(),
    })
}

fn show_body(request: &Request, session: &Session) -> Result<Option<Json>> {
    let bytes_of = |bytes: &Bytes| match std::str::from_utf8(bytes) {
        Ok(text) => Json::of(text),
        Err(_) => Json::of(&json!({ "bytes": bytes.len() })),
    };
    Ok(Some(match &request.body {
        Body::Empty => return Ok(None),
        _ if request.options().is_sensitive() => Json::of("(hidden)")?,
        Body::Json(text) => Json::parse(text.clone())?,
        Body::Bytes(_, bytes) => bytes_of(bytes)?,
        Body::Form(pairs) => Json::of(
            &pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<serde_json::Map<_, _>>(),
        )?,
        Body::Multipart(parts) => {
            let parts = parts.iter().map(|part| {
                Ok(match &part.content {
                    connector_sdk::PartContent::Text(text) => json!({ "name": part.name, "text": text }),
                    connector_sdk::PartContent::File(file) => {
                        json!({ "name": part.name, "bytes": body::meta(&file.0, session.files.as_ref())?.size })
                    }
                    _ => return Err(Error::unsupported("the kind of a part of a body")),
                })
            });
            Json::of(&parts.collect::<Result<Vec<_>>>()?)?
        }
        Body::File { file, range, .. } => {
            let bytes = match range {
                Some(range) => range.end.saturating_sub(range.start),
                None => body::meta(&file.0, session.files.as_ref())?.size,
            };
            Json::of(&json!({ "bytes": bytes }))?
        }
        _ => return Err(Error::unsupported("the kind of a body")),
    }))
}
