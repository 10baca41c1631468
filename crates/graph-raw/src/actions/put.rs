//! `put`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{Answer, Url};
use crate::write_request::WriteRequest;

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
    /// The rest of the request.
    #[serde(flatten)]
    request: WriteRequest,
}

impl Action for Put {
    type Output = Answer;
    const SPEC: Spec = Spec::new("put", "Put", Effect::Update).by_input();

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        self.request.plan(Method::PUT, self.url, cx)
    }
}
