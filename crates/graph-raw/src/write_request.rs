//! What the verbs that write have in common.

use connector_sdk::{Context, FileRef, Plan, Result};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::body::Content;
use crate::compose::Wanted;
use crate::raw_response;
use crate::vocabulary::{Answer, Header, QueryParameter, ResponseType, Url, Version};

/// A request that writes, without its verb and URL. Used with `#[serde(flatten)]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WriteRequest {
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise. A full
    /// URL has its own.
    #[serde(default)]
    api_version: Option<Version>,
    /// Query parameters, added to those of the URL. They are encoded for you.
    #[serde(default)]
    query: Vec<QueryParameter>,
    /// Headers. What belongs to the connection or the transport is refused.
    #[serde(default)]
    headers: Vec<Header>,
    /// The body: any JSON, or a text. A text is sent as it is, as `text/plain` unless it is a JSON object or array or a
    /// `Content-Type` header says what it is.
    body: Option<Value>,
    /// The body as a file, sent as it is. It excludes `body`.
    file: Option<FileRef>,
    /// Type of the answer's body. `json` is returned as Graph sent it; `binary` is a file, written as it arrives.
    #[serde(default)]
    response_type: ResponseType,
}

impl WriteRequest {
    /// Plans the request and its answer.
    ///
    /// # Errors
    /// `invalid_input` with every violation.
    pub(crate) fn plan(self, method: Method, url: Url, cx: &Context) -> Result<Plan<Answer>> {
        let content = Content::of(self.body, self.file);
        let wanted = Wanted { url, version: self.api_version, query: self.query, headers: self.headers, content };
        Ok(raw_response::send(wanted.request(method, cx)?, self.response_type, false))
    }
}
