//! `delete`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::compose::Wanted;
use crate::raw_response;
use crate::vocabulary::{Answer, Header, QueryParameter, ResponseType, Url, Version};

/// Remove something from Microsoft Graph with a DELETE request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "url": "/me/drive/root:/Documents/Minutes.txt" })]))]
pub struct Delete {
    /// The path below the API version, such as `/me/messages/{id}` with an id in its place.
    url: Url,
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise. A full
    /// URL has its own.
    #[serde(default)]
    api_version: Option<Version>,
    /// Query parameters, added to those of the URL. They are encoded for you.
    #[serde(default)]
    query: Vec<QueryParameter>,
    /// Headers, such as `If-Match`. What belongs to the connection or the transport is refused.
    #[serde(default)]
    headers: Vec<Header>,
}

impl Action for Delete {
    type Output = Answer;
    const SPEC: Spec = Spec::new("delete", "Delete", Effect::Delete)
        .undo("Whether anything brings it back depends on what is deleted.")
        .by_input();

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        let wanted = Wanted {
            url: self.url,
            version: self.api_version,
            query: self.query,
            headers: self.headers,
            ..Wanted::default()
        };
        Ok(raw_response::send(wanted.request(Method::DELETE, cx)?, ResponseType::Json, false))
    }
}
