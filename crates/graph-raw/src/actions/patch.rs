//! `patch`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::{Answer, Url};
use crate::write_request::WriteRequest;

/// Change something in Microsoft Graph with a PATCH request: what the body does not name stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/me", "body": { "jobTitle": "Analyst" } })
]))]
#[schemars(transform = rules::at_most_one(&["file", "body"]))]
pub struct Patch {
    /// The path below the API version, such as `/me`.
    url: Url,
    /// The rest of the request.
    #[serde(flatten)]
    request: WriteRequest,
}

impl Action for Patch {
    type Output = Answer;
    const SPEC: Spec = Spec::new("patch", "Patch", Effect::Update).by_input();

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        self.request.plan(Method::PATCH, self.url, cx)
    }
}
