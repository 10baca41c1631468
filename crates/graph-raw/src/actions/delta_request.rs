//! `delta_request`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Changes, Context, Effect, Error, Plan, Request, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::compose::Wanted;
use crate::vocabulary::{Header, Item, QueryParameter, Url, Version};

/// List the changes of a collection with Graph's delta query. The first call, without `deltaToken`, returns the
/// existing items. Each later call, with the `deltaToken` of the previous one, returns what was created, changed or
/// removed since then.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "url": "/users/delta", "query": [{ "key": "$select", "value": "displayName,mail" }] }),
    json!({ "url": "/groups/delta", "startFromNow": true })
]))]
#[schemars(transform = rules::at_least_one(&["url", "deltaToken"]))]
#[schemars(transform = rules::at_most_one(&["deltaToken", "startFromNow=true"]))]
pub struct DeltaRequest {
    /// The path of a delta function, such as `/users/delta`. Not needed with `deltaToken`.
    url: Option<Url>,
    /// The `deltaToken` of an earlier answer. The list continues after that answer, and `url` and `query` are ignored.
    delta_token: Option<Url>,
    /// The version of the API. A delta token has its own.
    #[serde(default)]
    api_version: Option<Version>,
    /// Query parameters of the first call. Graph keeps them in the token.
    #[serde(default)]
    query: Vec<QueryParameter>,
    /// Headers of every page. What belongs to the connection or the transport is refused.
    #[serde(default)]
    headers: Vec<Header>,
    /// Return only a token for the changes from now on, and no existing items.
    #[serde(default)]
    start_from_now: bool,
}

impl Action for DeltaRequest {
    type Output = Changes<Item>;
    const SPEC: Spec = Spec::new("delta_request", "Delta request", Effect::Read).by_input().list();

    fn plan(self, cx: &Context) -> Result<Plan<Changes<Item>>> {
        let at_token = |error: Error| {
            let mut issues = error.violations().to_vec();
            issues
                .iter_mut()
                .filter(|issue| issue.pointer == "/url")
                .for_each(|issue| issue.pointer = "/deltaToken".into());
            Error::issues(issues)
        };
        let request = match (self.delta_token, self.url) {
            (Some(_), _) if self.start_from_now => {
                return Err(Error::invalid("/startFromNow", "contradicts `deltaToken`, which says where to start"));
            }
            (Some(token), _) => {
                if token.0.starts_with('/') {
                    return Err(Error::invalid(
                        "/deltaToken",
                        "is not a delta token; give the `deltaToken` of an earlier answer as it is",
                    ));
                }
                let wanted = Wanted { url: token, headers: self.headers, ..Wanted::default() };
                wanted.request(Method::GET, cx).map_err(at_token)?
            }
            (None, Some(url)) => {
                let wanted = Wanted {
                    url,
                    version: self.api_version,
                    query: self.query,
                    headers: self.headers,
                    ..Wanted::default()
                };
                let request = wanted.request(Method::GET, cx)?;
                if self.start_from_now { from_now(request) } else { request }
            }
            (None, None) => {
                return Err(Error::invalid("/url", "is missing; give the path of a delta function, or a `deltaToken`"));
            }
        };
        Ok(request.changes().or_else(|error| {
            Plan::fail(if error.is_resync() {
                error.with_hint("The delta token is no longer known. Call again without it, and compare the result with what you have.")
            } else {
                error
            })
        }))
    }
}

/// Asks for the changes from now on. Drives and lists of SharePoint spell it otherwise than the rest.
///
/// See <https://learn.microsoft.com/en-us/graph/api/driveitem-delta> and
/// <https://learn.microsoft.com/en-us/graph/delta-query-overview>.
pub(crate) fn from_now(request: Request) -> Request {
    let segments: Vec<&str> = request.template().split('/').collect();
    let has = |name: &str| segments.iter().any(|segment| segment.eq_ignore_ascii_case(name));
    let files = has("drive") || has("drives") || (has("lists") && has("sites"));
    request.query(if files { "token" } else { "$deltatoken" }, "latest")
}
