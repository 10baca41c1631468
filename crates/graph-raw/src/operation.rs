//! Long-running operations: Graph answers at once, and says later how it went.

use std::time::Duration;

use connector_sdk::{Code, Context, Continuation, Error, Link, Plan, Request, Response, Result, Retry, without_bom};
use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use crate::compose;

/// Maximum number of redirects from monitor to monitor that are followed.
const HOPS: u32 = 5;

/// Watches an operation until it ends.
pub struct Watch {
    request: Request,
    interval: Duration,
    // A plan has no clock, so the time that it waits is what counts.
    left: Duration,
    timeout: u64,
    // What to do when it takes longer, if this run began it.
    begun_here: Option<&'static str>,
    hops: u32,
}

impl Watch {
    /// Asks `request` for its state, every `interval`, or more seldom where Graph asks for that; no longer
    /// than `timeout` in all.
    pub fn new(request: Request, interval: Duration, timeout: Duration) -> Watch {
        Watch { request, interval, left: timeout, timeout: timeout.as_secs(), begun_here: None, hops: 0 }
    }

    /// For an operation that the same run has begun: the caller has no URL to ask again, and another run would
    /// begin another operation. `hint` says what to do when it takes longer.
    #[must_use]
    pub fn begun_here(mut self, hint: &'static str) -> Watch {
        self.begun_here = Some(hint);
        self
    }

    /// The last answer, which says that it ended well. One that failed is an error.
    ///
    /// A monitor outside Graph may end with a redirect to what was made, which is then the last answer: what is behind
    /// it wants a token that does not go there.
    pub fn look(mut self) -> Plan<Response> {
        let request = self.request.clone();
        let look = Continuation::new(move |answer: Result<Response>| {
            match answer.map(|response| (state(&response), response)) {
                Err(error) => Plan::fail(failed(error)),
                Ok((State::Ended, response)) => Plan::done(response),
                Ok((State::Failed(error), _)) => Plan::fail(error),
                Ok((State::Elsewhere(to), _)) if self.hops < HOPS => match resolve(&self.request, &to) {
                    Some(link) => {
                        (self.request, self.hops) = (Request::external(link), self.hops + 1);
                        self.look()
                    }
                    None => Plan::fail(Error::protocol("the monitor of an operation leads to an invalid address")),
                },
                Ok((State::Elsewhere(_), _)) => {
                    Plan::fail(Error::protocol("the monitor of an operation redirects too often"))
                }
                Ok((State::Running, response)) => {
                    let asked = response.retry_after.unwrap_or_default();
                    let pause = self.interval.min(self.left).max(asked);
                    if self.left.is_zero() || pause > self.left {
                        let late = format!("the operation has not ended after {} seconds", self.timeout);
                        let (retry, hint) = match self.begun_here {
                            Some(hint) => (Retry::Never, hint),
                            None => {
                                let retry = if asked.is_zero() { Retry::Later } else { Retry::After(asked) };
                                (retry, "The operation continues. Call again with the same URL to wait longer.")
                            }
                        };
                        return Plan::fail(Error::new(Code::Unavailable, late).retry(retry).with_hint(hint));
                    }
                    self.left -= pause;
                    Plan::wait(pause, move || self.look())
                }
            }
        });
        Plan::call_then(request, look)
    }
}

/// Where Graph is, for [`Link::within`]: a monitor there is read with the token, any other without.
pub fn graph(cx: &Context) -> Vec<Url> {
    compose::bases(cx)
}

/// The id of an item in its address, such as `…/drives/b!1/items/01NEW?tempauth=t`.
pub fn item_of(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').skip_while(|segment| !segment.eq_ignore_ascii_case("items")).skip(1);
    segments.next().filter(|id| !id.is_empty()).map(|id| percent_decode_str(id).decode_utf8_lossy().into_owned())
}

fn resolve(request: &Request, to: &str) -> Option<Link> {
    let from = Url::parse(&request.path_and_query().ok()?).ok()?;
    from.join(to).ok().map(|url| Link::new(url.as_str()))
}

// A monitor tells a failure with a status of the 5xx too. A name that is not one of a fault that passes is a refusal.
fn failed(error: Error) -> Error {
    let passing = [
        "generalException",
        "serviceNotAvailable",
        "serviceUnavailable",
        "internalServerError",
        "UnknownError",
        "timeout",
        "activityLimitReached",
    ];
    let code = error
        .upstream()
        .and_then(|said| said.code.clone())
        .filter(|code| code.starts_with(|first: char| first.is_ascii_lowercase()));
    match (error.code(), code) {
        (Code::Unavailable, Some(code))
            if error.status() == Some(500) && !passing.iter().any(|known| known.eq_ignore_ascii_case(&code)) =>
        {
            error.with_code(refusal(&code)).retry(Retry::Never).undone()
        }
        _ => error,
    }
}

fn refusal(code: &str) -> Code {
    if code.eq_ignore_ascii_case("nameAlreadyExists") { Code::Conflict } else { Code::Rejected }
}

enum State {
    Running,
    Ended,
    Failed(Error),
    /// Another monitor.
    Elsewhere(String),
}

// The words that Graph's operations use: `asyncJobStatus`, `teamsAsyncOperation`, `longRunningOperation`,
// `workbookOperation`, export jobs. A word that is not here is an end, which the caller then sees.
const RUNNING: &[&str] = &[
    "notstarted",
    "running",
    "inprogress",
    "updating",
    "waiting",
    "deletepending",
    "pending",
    "queued",
    "processing",
    "validating",
];
const FAILED: &[&str] = &["failed", "deletefailed", "cancelled", "canceled", "error", "invalid"];

fn state(response: &Response) -> State {
    let operation = serde_json::from_slice::<Value>(without_bom(&response.body)).unwrap_or_default();
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let status = text(&operation["status"]).unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&status));
    if is(FAILED) {
        // Its error has every shape that others have.
        let said = Error::from_response(response).upstream().cloned().unwrap_or_default();
        let reason = [said.code.clone(), said.message.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let why = Some(reason).filter(|why| !why.is_empty()).or(text(&operation["statusDescription"]));
        let why = why.unwrap_or_else(|| "no reason given".to_owned());
        let code = refusal(said.code.as_deref().unwrap_or_default());
        return State::Failed(
            Error::new(code, format!("the operation ended as `{status}`: {why}")).with_upstream(said).undone(),
        );
    }
    if let (301 | 302 | 307 | 308, Some(to)) = (response.status.as_u16(), response.header("location"))
        && item_of(to).is_none()
    {
        return State::Elsewhere(to.to_owned());
    }
    // A monitor may answer 202 with `completed` in its body, never the other way round.
    let ended = is(&["completed", "succeeded"]);
    if is(RUNNING) || (response.status == StatusCode::ACCEPTED && !ended) { State::Running } else { State::Ended }
}
