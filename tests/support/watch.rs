//! A trigger that is polled again and again against scripted answers: for the tests of every connector, which include
//! this file.

use connector_sdk::{Connector, Context, Json, Response, Result, ScriptedRun};
use serde_json::{Value, json};

/// Where links begin.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com/v1.0";
/// When a watch begins.
pub(crate) const NOW: &str = "2026-10-01T10:00:00Z";
/// A later look.
pub(crate) const LATER: &str = "2026-10-01T10:05:00Z";

/// An answer with this body.
pub(crate) fn answer(body: Value) -> Response {
    Response::new(200, body.to_string())
}

/// An error as Graph writes it.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Response {
    Response::new(status, json!({ "error": { "code": code, "message": message } }).to_string())
}

/// The last page of a round of changes.
pub(crate) fn changes(items: Value, token: &str) -> Response {
    answer(json!({ "value": items, "@odata.deltaLink": format!("{GRAPH}/delta?token={token}") }))
}

/// A trigger, and what its last poll left.
pub(crate) struct Watch {
    connector: Connector,
    name: &'static str,
    input: Value,
    /// Where the next poll begins.
    pub(crate) cursor: Option<Json>,
    /// The URLs that the last poll asked for.
    pub(crate) sent: Vec<String>,
    /// Whether there is more to see right now.
    pub(crate) more: bool,
    /// Why the place was lost, if it was.
    pub(crate) lost: Option<String>,
    /// What the last poll could not read.
    pub(crate) skipped: Vec<String>,
}

impl Watch {
    /// A trigger that was not polled yet.
    pub(crate) fn new(connector: Connector, name: &'static str, input: Value) -> Watch {
        Watch { connector, name, input, cursor: None, sent: Vec::new(), more: false, lost: None, skipped: Vec::new() }
    }

    /// Polls once, at this time: the ids of the events and what they hold.
    pub(crate) fn try_look(&mut self, now: &str, script: Vec<Response>) -> Result<Vec<(String, Json)>> {
        let cx = Context::user().with_now(now.parse().unwrap());
        let mut stage = ScriptedRun::new(script);
        let plan =
            self.connector.find_trigger(self.name).unwrap().poll(self.input.clone(), self.cursor.as_ref(), &cx)?;
        let end = stage.run(plan);
        self.sent = stage.sent.iter().map(|sent| sent.url.clone()).collect();
        assert_eq!(stage.left_over(), 0, "answers that nobody asked for, of {}: {:?}", self.name, self.sent);
        let poll = end?;
        (self.cursor, self.more, self.lost) = (Some(poll.cursor), poll.more, poll.lost.map(|lost| lost.reason));
        self.skipped = poll.skipped.into_iter().map(|skipped| skipped.what).collect();
        Ok(poll.events.into_iter().map(|event| (event.id, event.data.into_json())).collect())
    }

    /// As [`Watch::try_look`], where it works.
    pub(crate) fn look(&mut self, now: &str, script: Vec<Response>) -> Vec<(String, Value)> {
        let events = self.try_look(now, script).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        events.into_iter().map(|(id, data)| (id, data.read().unwrap())).collect()
    }

    /// The ids of [`Watch::look`].
    pub(crate) fn ids(&mut self, now: &str, script: Vec<Response>) -> Vec<String> {
        self.look(now, script).into_iter().map(|(id, _)| id).collect()
    }

    /// What the events of a poll hold, as the text that it is.
    pub(crate) fn texts(&mut self, now: &str, script: Vec<Response>) -> Vec<String> {
        self.try_look(now, script).unwrap().into_iter().map(|(_, data)| data.as_str().to_owned()).collect()
    }
}
