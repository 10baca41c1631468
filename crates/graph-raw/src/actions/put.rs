//! `put`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, FileRef, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::body::Content;
use crate::compose::Wanted;
use crate::raw_response;
use crate::vocabulary::{Answer, Header, QueryParameter, ResponseType, Url, Version};

/// Replace something in Microsoft Graph with a PUT request, such as the content of a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/me/drive/root:/notes.txt:/content", "file": { "text": "Hello" }, "headers": [{ "key": "Content-Type", "value": "text/plain" }] })
]))]
#[schemars(transform = rules::at_most_one(&["file", "body"]))]
pub struct Put {
    /// The path below the API version, such as `/me/drive/root:/notes.txt:/content`.
    url: Url,
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

impl Action for Put {
    type Output = Answer;
    const SPEC: Spec = Spec::new("put", "Put", Effect::Update).by_input();

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        let content = Content::of(self.body, self.file);
        let wanted =
            Wanted { url: self.url, version: self.api_version, query: self.query, headers: self.headers, content };
        Ok(raw_response::send(wanted.request(Method::PUT, cx)?, self.response_type, false))
    }
}
