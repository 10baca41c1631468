//! Execution of a plan against scripted responses, without a network, a clock or a runtime.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::{
    ApiVersion, Body, DownloadName, Error, File, FileRef, Json, Plan, QuickXor, Request, Response, Result, Scopes,
    Step, StoredResponse,
};

/// An executor of plans for tests: it takes responses from a script, and records what was sent.
///
/// ```
/// use connector_sdk::{Request, Response, ScriptedRun};
///
/// let plan = Request::get("/me").raw::<serde_json::Value>();
/// let mut scripted = ScriptedRun::new([Response::new(200, r#"{"id":"1"}"#)]);
/// let me = scripted.run(plan).unwrap();
/// assert_eq!(me.into_json().as_str(), r#"{"id":"1"}"#);
/// assert_eq!(scripted.sent[0].url, "/me");
/// ```
#[derive(Debug, Default)]
pub struct ScriptedRun {
    script: VecDeque<Response>,
    /// Requests that were sent, in order.
    pub sent: Vec<Sent>,
    /// Items that were emitted.
    pub emitted: Vec<Json>,
    /// Contents of attached files, by name.
    pub files: BTreeMap<String, Bytes>,
}

/// A request as it would have been sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Sent {
    /// HTTP method.
    pub method: Method,
    /// API version; the connection's when absent.
    pub version: Option<ApiVersion>,
    /// Path template.
    pub template: String,
    /// Path and query below the API version, or a whole link.
    pub url: String,
    /// Headers, in alphabetical order, with names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body: JSON as it is, other bytes as text or base64.
    pub body: Option<Value>,
    /// Whether the request accesses somebody else's mailbox, where other permissions count.
    pub shared: bool,
    /// Permissions that replace those of the action's specification.
    pub under: Option<Scopes>,
    /// Permissions that are needed besides those of the action.
    pub needs: Vec<Scopes>,
    /// Permissions that later requests of the plan need.
    pub ahead: Vec<Scopes>,
}

impl Sent {
    /// Renders a request.
    ///
    /// # Errors
    /// Those of [`Request::path_and_query`].
    pub fn of(request: &Request) -> Result<Sent> {
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in &request.headers {
            let value = value.to_str().unwrap_or("(not text)");
            headers
                .entry(name.as_str().to_owned())
                .and_modify(|all| *all = format!("{all}, {value}"))
                .or_insert_with(|| value.to_owned());
        }
        Ok(Sent {
            method: request.method.clone(),
            version: request.version,
            template: request.template().to_owned(),
            url: request.path_and_query()?,
            headers,
            body: show(&request.body),
            shared: request.requirements().is_shared(),
            under: request.requirements().scope_override(),
            needs: request.requirements().extra_scopes().to_vec(),
            ahead: request.requirements().ahead().to_vec(),
        })
    }
}

fn show(body: &Body) -> Option<Value> {
    Some(match body {
        Body::Empty => return None,
        Body::Json(text) => serde_json::from_slice(text).unwrap_or_default(),
        Body::Bytes(_, bytes) => bytes_or_text(bytes),
        Body::Form(pairs) => pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect(),
        Body::Multipart(parts) => parts.iter().map(|part| Value::from(part.name.as_str())).collect(),
        Body::File { file, range, .. } => Value::from(match range {
            Some(range) => format!("{:?}[{}..{}]", file.0, range.start, range.end),
            None => format!("{:?}", file.0),
        }),
    })
}

fn bytes_or_text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => serde_json::json!({ "base64": STANDARD.encode(bytes) }),
    }
}

impl ScriptedRun {
    /// Creates an executor with these responses, taken in order.
    pub fn new(script: impl IntoIterator<Item = Response>) -> ScriptedRun {
        ScriptedRun { script: script.into_iter().collect(), ..ScriptedRun::default() }
    }

    /// Returns the number of responses that were not used.
    pub fn left_over(&self) -> usize {
        self.script.len()
    }

    /// Runs a plan to its end.
    ///
    /// # Errors
    /// The plan's own; `bug` when the script runs out.
    pub fn run<T>(&mut self, mut plan: Plan<T>) -> Result<T> {
        loop {
            plan = match plan.into_step() {
                Step::Done(value) => return Ok(value),
                Step::Fail(error) => return Err(error),
                Step::Call { request, then } => then.go(self.send(&request)),
                Step::All { requests, order: _, then } => {
                    then.go(requests.iter().map(|request| self.send(request)).collect())
                }
                Step::Emit { items, then } => {
                    self.emitted.extend(items);
                    then.go(Ok(()))
                }
                Step::Read { file, then } => then.go(self.read(&file)),
                Step::Upload { upload, then } => {
                    let answer = self.read(&upload.file).and_then(|content| {
                        self.sent.push(Sent {
                            method: Method::PUT,
                            version: None,
                            template: "(upload session)".into(),
                            url: upload.url.clone(),
                            headers: BTreeMap::new(),
                            body: Some(format!("{} bytes", content.len()).into()),
                            shared: false,
                            under: None,
                            needs: Vec::new(),
                            ahead: Vec::new(),
                        });
                        self.answer()
                    });
                    then.go(answer)
                }
                Step::Download { request, name, then } => {
                    then.go(self.send(&request).and_then(|response| store(&request, response, name)))
                }
                Step::Wait { time: _, then } => then.go(Ok(())),
            };
        }
    }

    fn send(&mut self, request: &Request) -> Result<Response> {
        self.sent.push(Sent::of(request)?);
        // Only there does a plan see a redirect.
        if request.is_external() && self.script.front().is_some_and(|response| response.status.is_redirection()) {
            return self.script.pop_front().ok_or_else(|| Error::bug("the script is empty"));
        }
        self.answer()
    }

    fn answer(&mut self) -> Result<Response> {
        let response = self
            .script
            .pop_front()
            .ok_or_else(|| Error::bug(format!("the script has no answer to request {}", self.sent.len())))?;
        if response.status.is_success() { Ok(response) } else { Err(Error::from_response(&response)) }
    }

    fn read(&self, file: &FileRef) -> Result<Bytes> {
        match file {
            FileRef::Attached { file } => {
                self.files.get(file).cloned().ok_or_else(|| Error::bug(format!("no file `{file}` on the stage")))
            }
            inline => Ok(inline.inline()?.unwrap_or_default()),
        }
    }
}

fn store(request: &Request, response: Response, name: DownloadName) -> Result<StoredResponse> {
    let announced = response.header("content-length").and_then(|length| length.parse().ok());
    let warning = match request.options().expected() {
        Some(expected) => expected.check(response.body.len() as u64, &QuickXor::of(&response.body), announced)?,
        None => None,
    };
    let media = name.content_type.or_else(|| response.header("content-type").map(str::to_owned));
    let file = File {
        name: name.name.unwrap_or_else(|| "download".into()),
        content_type: media.unwrap_or_else(|| "application/octet-stream".into()),
        size: response.body.len() as u64,
        original_name: None,
        warning,
        path: None,
        file: None,
        base64: Some(STANDARD.encode(&response.body)),
    };
    Ok(StoredResponse { status: response.status, headers: response.headers, file })
}
