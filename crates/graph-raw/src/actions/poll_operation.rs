//! `poll_operation`

use std::time::Duration;

use connector_sdk::{Action, Code, Context, Effect, Error, Link, Plan, Request, Response, Result, Retry, Spec, Then};
use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer;
use crate::compose::{self, Wanted};
use crate::vocabulary::{Answer, ResponseType, Url, Version};

/// Wait for a long-running operation to end, and return its last answer. It goes on asking while Graph answers 202 or the operation's status says that it is not done, and waits as long as `Retry-After` asks between two looks. An operation that fails is an error.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "url": "/me/drive", "intervalS": 2, "timeoutS": 60 })]))]
pub struct PollOperation {
    /// Where the operation's state is: the `Location` or monitor URL of the answer that started it, or a path below the API version. A URL outside Graph, such as a SharePoint monitor, is read without this connection's token; it must be https and name a public host.
    url: Url,
    /// The version of the API. A full URL has its own.
    #[serde(default)]
    api_version: Version,
    /// Seconds between two looks, unless `Retry-After` asks for more.
    #[serde(default = "default_interval")]
    #[schemars(range(min = 1, max = 3_600))]
    interval_s: u64,
    /// Seconds to wait in all; then the error is `unavailable`, and the operation goes on without being watched.
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
    const SPEC: Spec = Spec::new("poll_operation", "Poll operation", Effect::Read).application(&[]);

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        let request = outside(&self.url.0, cx)
            .map(Request::external)
            .map_or_else(|| Wanted { url: self.url, version: self.api_version, ..Wanted::default() }.request(Method::GET, cx), Ok)?;
        let watch = Watch {
            request,
            interval: Duration::from_secs(self.interval_s.max(1)),
            left: Duration::from_secs(self.timeout_s),
            timeout: self.timeout_s,
        };
        Ok(watch.look())
    }
}

// A link that is not Graph's and may be read without a token.
fn outside(url: &str, cx: &Context) -> Option<Link> {
    if !url.starts_with("https://") && !url.starts_with("http://") || url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return None;
    }
    let (link, bases) = (Link::new(url), compose::bases(cx));
    (link.within(&bases).is_err() && link.elsewhere(&bases).is_ok()).then_some(link)
}

struct Watch {
    request: Request,
    interval: Duration,
    // A plan has no clock, so the time that it waits is what counts.
    left: Duration,
    timeout: u64,
}

impl Watch {
    fn look(mut self) -> Plan<Answer> {
        Plan::call(self.request.clone(), move |response| match state(&response) {
            State::Ended => answer::read(response, ResponseType::Json).into(),
            State::Failed(error) => Plan::Fail(error),
            State::Running => {
                let asked = response.retry_after.unwrap_or_default();
                let pause = self.interval.min(self.left).max(asked);
                if self.left.is_zero() || pause > self.left {
                    let late = format!("the operation has not ended after {} seconds", self.timeout);
                    let retry = if asked.is_zero() { Retry::Later } else { Retry::After(asked) };
                    return Plan::Fail(
                        Error::new(Code::Unavailable, late).retry(retry).hint("It goes on. Call again with the same URL to wait further."),
                    );
                }
                self.left -= pause;
                Plan::Wait(pause, Then::new(move |()| self.look()))
            }
        })
    }
}

enum State {
    Running,
    Ended,
    Failed(Error),
}

// The words that Graph's operations use: `asyncJobStatus`, `teamsAsyncOperation`, `longRunningOperation`,
// `workbookOperation`, export jobs. A word that is not here is an end, which the caller then sees.
const RUNNING: &[&str] =
    &["notstarted", "running", "inprogress", "updating", "waiting", "deletepending", "pending", "queued", "processing", "validating"];
const FAILED: &[&str] = &["failed", "deletefailed", "cancelled", "canceled", "error", "invalid"];

fn state(response: &Response) -> State {
    let operation = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let status = text(&operation["status"]).unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&status));
    if is(FAILED) {
        let error = &operation["error"];
        let reason = [text(&error["code"]), text(&error["message"]), text(error)].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let why = Some(reason).filter(|why| !why.is_empty()).or(text(&operation["statusDescription"]));
        let why = why.unwrap_or_else(|| "no reason given".to_owned());
        return State::Failed(Error::new(Code::Rejected, format!("the operation ended as `{status}`: {why}")));
    }
    // A monitor may answer 202 with `completed` in its body, never the other way round.
    let ended = is(&["completed", "succeeded"]);
    if is(RUNNING) || (response.status == StatusCode::ACCEPTED && !ended) { State::Running } else { State::Ended }
}
