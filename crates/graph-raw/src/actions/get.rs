//! `get`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::compose::Wanted;
use crate::raw_response;
use crate::vocabulary::{Answer, Header, QueryParameter, ResponseType, Url, Version};

/// Read from Microsoft Graph with a GET request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/me" }),
    json!({ "url": "/users", "query": [{ "key": "$select", "value": "displayName,mail" }, { "key": "$top", "value": "5" }] })
]))]
pub struct Get {
    /// The path below the API version, such as `/me/messages`, or a link of an earlier answer.
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
    /// Type of the answer's body. `json` is returned as Graph sent it; `binary` is a file, written as it arrives.
    #[serde(default)]
    response_type: ResponseType,
}

impl Action for Get {
    type Output = Answer;
    const SPEC: Spec = Spec::new("get", "Get", Effect::Read).by_input();

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        let wanted = Wanted {
            url: self.url,
            version: self.api_version,
            query: self.query,
            headers: self.headers,
            ..Wanted::default()
        };
        Ok(raw_response::send(wanted.request(Method::GET, cx)?, self.response_type, false))
    }
}
