//! Plays a transcript without a network.

use connector_sdk::{AnyAction, AnyPicklist, AnyTrigger, ChoiceQuery, Code, Error, Json, ScriptedRun, Sent};
use serde_json::{Map, Value};

use crate::difference::{self, Lines};
use crate::transcript::{Answer, Asked, Exchange, Failure, Transcript, Violation};

/// What happened when a transcript was played.
#[derive(Debug)]
pub struct Played {
    /// What was sent.
    pub sent: Vec<Sent>,
    /// How many answers nobody asked for.
    pub left_over: usize,
    /// The output, or the error.
    pub end: Result<Value, Error>,
}

/// Plays `transcript` with `action`: validates the input, makes the plan and runs it to its end.
pub fn play(action: &dyn AnyAction, transcript: &Transcript) -> Played {
    let mut stage = transcript.stage();
    let end = run(action, transcript, &mut stage);
    Played { left_over: stage.left_over(), sent: stage.sent, end }
}

/// Plays `transcript` with a trigger: validates the input, and polls until all answers are used up.
pub fn play_trigger(trigger: &dyn AnyTrigger, transcript: &Transcript) -> Played {
    let mut stage = transcript.stage();
    let issues = connector_schemas::instance::issues(&trigger.input_schema(), &transcript.input);
    let end = if issues.is_empty() { transcript.poll(trigger, &mut stage) } else { Err(Error::issues(issues)) };
    Played { left_over: stage.left_over(), sent: stage.sent, end }
}

/// Plays `transcript` with a picklist: validates the input, and lists the first page of choices.
pub fn play_picklist(picklist: &dyn AnyPicklist, transcript: &Transcript) -> Played {
    let mut stage = transcript.stage();
    let end = choices(picklist, transcript, &mut stage);
    Played { left_over: stage.left_over(), sent: stage.sent, end }
}

fn choices(picklist: &dyn AnyPicklist, transcript: &Transcript, stage: &mut ScriptedRun) -> Result<Value, Error> {
    let issues = connector_schemas::instance::issues(&picklist.input_schema(), &transcript.input);
    if !issues.is_empty() {
        return Err(Error::issues(issues));
    }
    let plan = picklist.choices(transcript.input.clone(), ChoiceQuery::default(), &transcript.context())?;
    Json::of(&stage.run(plan)?)?.read()
}

fn run(action: &dyn AnyAction, transcript: &Transcript, stage: &mut ScriptedRun) -> Result<Value, Error> {
    let issues = connector_schemas::instance::issues(&action.input_schema(), &transcript.input);
    if !issues.is_empty() {
        return Err(Error::issues(issues));
    }
    let plan = action.plan(transcript.input.clone(), &transcript.context())?;
    let tail = stage.run(plan)?;
    merge(action.lists(&transcript.input), &stage.emitted, &tail)
}

// The output of an action as the host makes it: for one that lists, its items come first.
fn merge(list: bool, items: &[Json], tail: &Json) -> Result<Value, Error> {
    match list {
        true => connector_sdk::join_list_output(items, tail).read(),
        false if items.is_empty() => tail.read(),
        false => Err(Error::bug("items were handed out, but the action's card does not say that it lists")),
    }
}

/// Every difference between what a transcript says and what happened.
pub fn differences(transcript: &Transcript, played: &Played) -> Lines {
    let mut lines = Lines::new();
    for (i, exchange) in transcript.exchanges.iter().enumerate() {
        match played.sent.get(i) {
            Some(sent) => request(&exchange.request, sent, &format!("/exchanges/{i}/request"), &mut lines),
            None => lines.push(format!("/exchanges/{i}: was not sent")),
        }
    }
    for (i, sent) in played.sent.iter().enumerate().skip(transcript.exchanges.len()) {
        lines.push(format!("/exchanges/{i}: is missing, but {} {} was sent", sent.method, sent.url));
    }
    match (&played.end, &transcript.output, &transcript.error) {
        (Ok(actual), Some(expected), None) => difference::of(expected, actual, "/output", &mut lines),
        (Err(actual), None, Some(expected)) => failure(expected, actual, &mut lines),
        (Ok(actual), None, Some(_)) => lines.push(format!("/error: did not come; the output is {actual}")),
        (Err(error), Some(_), None) => lines.push(format!("/output: did not come; {}", describe(error))),
        (_, Some(_), Some(_)) => lines.push("/error: and an output exclude each other".to_owned()),
        (Ok(actual), None, None) => lines.push(format!("/output: is missing; it is {actual}")),
        (Err(error), None, None) => lines.push(format!("/error: is missing; {}", describe(error))),
    }
    lines
}

fn request(expected: &Asked, sent: &Sent, at: &str, lines: &mut Lines) {
    if expected.method != sent.method.as_str() {
        lines.push(format!("{at}/method: expected {}, sent {}", expected.method, sent.method));
    }
    if expected.url != sent.url {
        lines.push(format!(
            "{at}/url: expected {}\n{:>width$} {}",
            expected.url,
            "sent",
            sent.url,
            width = at.len() + 14
        ));
    }
    for (name, value) in &expected.headers {
        match sent.headers.get(&name.to_ascii_lowercase()) {
            Some(actual) if actual == value => {}
            Some(actual) => lines.push(format!("{at}/headers/{name}: expected {value}, sent {actual}")),
            None => lines.push(format!("{at}/headers/{name}: was not sent")),
        }
    }
    match (&expected.body, &sent.body) {
        (None, None) => {}
        (Some(expected), Some(actual)) => difference::of(expected, actual, &format!("{at}/body"), lines),
        (Some(_), None) => lines.push(format!("{at}/body: was not sent")),
        (None, Some(actual)) => lines.push(format!("{at}/body: is missing, but {actual} was sent")),
    }
}

fn failure(expected: &Failure, actual: &Error, lines: &mut Lines) {
    if expected.code != actual.code().name() {
        lines.push(format!("/error/code: expected {}; {}", expected.code, describe(actual)));
    }
    if let Some(message) = &expected.message
        && message != actual.message()
    {
        lines.push(format!("/error/message: expected {message:?}, got {:?}", actual.message()));
    }
    let Some(issues) = &expected.issues else { return };
    // The order in which violations are found says nothing.
    let sorted = |mut pointers: Vec<String>| {
        pointers.sort();
        pointers.join(", ")
    };
    let wanted = sorted(issues.iter().map(|issue| issue.pointer.clone()).collect());
    if wanted != sorted(actual.violations().iter().map(|issue| issue.pointer.clone()).collect()) {
        lines.push(format!("/error/issues: expected at {wanted}; {}", describe(actual)));
        return;
    }
    for (i, wanted) in issues.iter().enumerate() {
        let Some(message) = &wanted.message else { continue };
        let mut found = actual.violations().iter().filter(|issue| issue.pointer == wanted.pointer);
        if !found.any(|issue| issue.message == *message) {
            lines.push(format!("/error/issues/{i}/message: expected {message:?}; {}", describe(actual)));
        }
    }
}

fn describe(error: &Error) -> String {
    let issues: Vec<String> =
        error.violations().iter().map(|issue| format!("{} {}", issue.pointer, issue.message)).collect();
    match issues.as_slice() {
        [] | [_] => format!("got {}: {error}", error.code().name()),
        many => format!("got {}: {error}: {}", error.code().name(), many.join("; ")),
    }
}

/// The transcript as it would have to be for this to have happened. What Graph answers stays; a
/// request that has no answer yet gets an empty one, which its author fills in.
pub fn rewrite(transcript: &Transcript, played: &Played) -> Transcript {
    let mut new = transcript.clone();
    new.exchanges.truncate(played.sent.len());
    for (i, sent) in played.sent.iter().enumerate() {
        let kept = transcript.exchanges.get(i);
        let headers = kept.map(|exchange| exchange.request.headers.keys()).into_iter().flatten();
        let headers = headers
            .filter_map(|name| Some((name.clone(), sent.headers.get(&name.to_ascii_lowercase())?.clone())))
            .collect();
        let request =
            Asked { method: sent.method.to_string(), url: sent.url.clone(), headers, body: sent.body.clone() };
        match new.exchanges.get_mut(i) {
            Some(exchange) => exchange.request = request,
            None => {
                let response = Answer {
                    status: 200,
                    headers: Default::default(),
                    body: Some(Value::Object(Map::new())),
                    base64: None,
                };
                new.exchanges.push(Exchange { request, response });
            }
        }
    }
    match &played.end {
        Ok(output) => (new.output, new.error) = (Some(output.clone()), None),
        // The script was too short; its end is not known before the answers are filled in.
        Err(error) if error.code() == Code::Bug => {}
        Err(error) => {
            let issues =
                error.violations().iter().map(|issue| Violation { pointer: issue.pointer.clone(), message: None });
            let issues: Vec<Violation> = issues.collect();
            let failure = Failure {
                code: error.code().name().to_owned(),
                issues: Some(issues).filter(|all| !all.is_empty()),
                message: None,
            };
            (new.output, new.error) = (None, Some(failure));
        }
    }
    new
}
