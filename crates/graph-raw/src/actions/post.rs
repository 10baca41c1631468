//! `post`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::vocabulary::{Answer, Url, Verb};
use crate::write_request::WriteRequest;

/// Create something in Microsoft Graph, or call one of its functions, with a POST request. A request whose answer was
/// lost is not sent a second time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/me/messages", "body": { "subject": "Draft", "body": { "contentType": "text", "content": "Hello" } } }),
    json!({ "url": "/me/contacts", "body": { "givenName": "Pavel", "surname": "Bansky" } })
]))]
#[schemars(transform = rules::at_most_one(&["file", "body"]))]
pub struct Post {
    /// The path below the API version, such as `/me/messages`.
    url: Url,
    /// The rest of the request.
    #[serde(flatten)]
    request: WriteRequest,
}

impl Action for Post {
    type Output = Answer;
    const SPEC: Spec = Spec::new("post", "Post", Effect::Send).by_input();

    fn effects(_: &Value) -> Vec<Effect> {
        Verb::Post.effects().to_vec()
    }

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        self.request.plan(Method::POST, self.url, cx)
    }
}
