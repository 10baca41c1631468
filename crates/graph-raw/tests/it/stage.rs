//! A stage for the connector's actions and triggers.

use connector_sdk::{AnyEvent, Context, Error, Issue, Json, Plan, Poll, Response, Result, ScriptedRun};
use graph_raw::connector;
use serde_json::Value;

/// An answer with a JSON body.
pub(crate) fn answer(status: u16, body: Value) -> Response {
    Response::new(status, body.to_string())
}

/// An answer with a header.
pub(crate) fn with(mut response: Response, name: &'static str, value: &'static str) -> Response {
    response.headers.insert(name, value.parse().unwrap());
    response
}

/// The plan of an action.
pub(crate) fn plan(action: &str, input: Value) -> Result<Plan<Json>> {
    connector().find_action(action).unwrap().plan(input, &Context::user())
}

/// Plays an action against a script; every answer of the script must have been asked for.
pub(crate) fn play(
    action: &str,
    input: Value,
    script: impl IntoIterator<Item = Response>,
) -> (Result<Value>, ScriptedRun) {
    let mut stage = ScriptedRun::new(script);
    let end = plan(action, input).and_then(|plan| stage.run(plan)).and_then(|json| json.read());
    assert_eq!(stage.left_over(), 0, "answers that nobody asked for");
    (end, stage)
}

/// The violations of an input that is refused. Nothing may have been sent.
pub(crate) fn refused(action: &str, input: Value) -> Vec<Issue> {
    let error: Error = plan(action, input.clone()).err().unwrap_or_else(|| panic!("{action} accepted {input}"));
    assert_eq!(error.code(), connector_sdk::Code::InvalidInput, "{error}");
    error.violations().to_vec()
}

/// The pointers of [`refused`].
pub(crate) fn pointers(action: &str, input: Value) -> Vec<String> {
    refused(action, input).into_iter().map(|issue| issue.pointer).collect()
}

/// One look of a trigger at the time `now`.
pub(crate) fn look(
    trigger: &str,
    input: &Value,
    cursor: Option<&Json>,
    now: &str,
    script: Vec<Response>,
) -> (Result<Look>, ScriptedRun) {
    let cx = Context::user().with_now(now.parse().unwrap());
    let mut stage = ScriptedRun::new(script);
    let end =
        connector().find_trigger(trigger).unwrap().poll(input.clone(), cursor, &cx).and_then(|plan| stage.run(plan));
    assert_eq!(stage.left_over(), 0, "answers that nobody asked for");
    (end.map(Look::from), stage)
}

/// What a look found.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) events: Vec<AnyEvent>,
    pub(crate) cursor: Json,
    pub(crate) more: bool,
    pub(crate) lost: Option<String>,
}

impl From<Poll<(), Json>> for Look {
    fn from(poll: Poll<(), Json>) -> Look {
        let events = poll.events.into_iter().map(|event| AnyEvent::new(event.id, event.data.into_json())).collect();
        Look { events, cursor: poll.cursor, more: poll.more, lost: poll.lost.map(|lost| lost.reason) }
    }
}

impl Look {
    /// The ids of the events.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.id.as_str()).collect()
    }
}
