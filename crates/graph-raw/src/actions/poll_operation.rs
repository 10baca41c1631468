//! `poll_operation`

use std::time::Duration;

use connector_sdk::{Action, Context, Effect, Link, Plan, Request, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::compose::{self, Wanted};
use crate::operation::Watch;
use crate::raw_response;
use crate::vocabulary::{Answer, ResponseType, Url, Version};

/// Wait for a long-running operation to end, and return its last answer. It polls while Graph answers 202 or the
/// operation's status is not final, and waits as long as `Retry-After` asks between two polls. An operation that fails
/// is an error.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "url": "/me/drive", "intervalS": 2, "timeoutS": 60 })]))]
pub struct PollOperation {
    /// Address of the operation's state: the `Location` or monitor URL of the answer that started it, or a path below
    /// the API version. A URL outside Graph, such as a SharePoint monitor, is read without this connection's token; it
    /// must be https and name a public host.
    #[schemars(example = "https://contoso.sharepoint.com/_api/v2.0/monitor/4A3407B5-88FC-4504-8B21-0AABD3412717")]
    url: Url,
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise. A full
    /// URL has its own.
    #[serde(default)]
    api_version: Option<Version>,
    /// Seconds between two polls, unless `Retry-After` asks for more.
    #[serde(default = "default_interval")]
    #[schemars(range(min = 1, max = 3_600))]
    interval_s: u64,
    /// Maximum wait in seconds. After it the error is `unavailable`, and the operation continues in Graph.
    #[serde(default = "default_timeout")]
    #[schemars(range(min = 1, max = 604_800))]
    timeout_s: u64,
}

fn default_interval() -> u64 {
    5
}
fn default_timeout() -> u64 {
    600
}

impl Action for PollOperation {
    type Output = Answer;
    const SPEC: Spec = Spec::new("poll_operation", "Poll operation", Effect::Read).by_input();

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        let request = outside(&self.url.0, cx).map(Request::external).map_or_else(
            || Wanted { url: self.url, version: self.api_version, ..Wanted::default() }.request(Method::GET, cx),
            Ok,
        )?;
        let watch =
            Watch::new(request, Duration::from_secs(self.interval_s.max(1)), Duration::from_secs(self.timeout_s));
        Ok(watch.look().try_map(|ended| raw_response::read(ended, ResponseType::Json)))
    }
}

// A link that is not Graph's and may be read without a token.
fn outside(url: &str, cx: &Context) -> Option<Link> {
    if !url.starts_with("https://") && !url.starts_with("http://")
        || url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return None;
    }
    let (link, bases) = (Link::new(url), compose::bases(cx));
    (link.within(&bases).is_err() && link.elsewhere(&bases).is_ok()).then_some(link)
}
