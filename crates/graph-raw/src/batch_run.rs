//! The run of a batch: which requests travel in the next call, and what becomes of their answers.
//!
//! Graph takes two shapes: requests without dependencies, and a chain in which each depends on the one
//! before ([JSON batching][1]). So a call carries either the requests whose dependencies are settled, or,
//! where only one can go, the chain that begins with it. Every other shape is cut at its joints.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/json-batching

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use connector_sdk::{
    ApiVersion, BatchAnswer, Code, Continuation, Error, Json, Plan, Raw, Request, Response, Result, Secret,
};
use http::Method;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// How many requests a call carries at most.
const MOST: usize = 20;
/// How often one request is sent at most, where Graph asks to slow down.
const TRIES: u32 = 5;
/// How long to wait where Graph asks to slow down and does not say how long; doubled each time.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest time that a request waits to be sent again. Beyond that, its refusal is its answer.
const PATIENCE: Duration = Duration::from_secs(300);

/// The answers of a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Responses {
    /// One answer to each request, in the order of the requests.
    pub responses: Vec<PartAnswer>,
}

/// The answer to one request of a batch.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct PartAnswer {
    /// The id of the request.
    pub id: String,
    /// The status, also of a failure. 424: a request that it depends on failed, so it was not sent.
    pub status: u16,
    /// The headers.
    pub headers: Raw<BTreeMap<String, String>>,
    /// The body as Graph sent it: JSON, or base64 for another content type; null when there is none.
    pub body: Raw<Value>,
}

/// One request of a batch, checked.
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Option<Value>,
    /// The positions of the requests that it depends on.
    pub(crate) depends: Vec<usize>,
    /// Whether its body stays out of traces and previews.
    pub(crate) sensitive: bool,
    /// What its headers and its body hold in secret.
    pub(crate) secrets: Vec<Secret>,
}

impl Part {
    fn reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// A part that depends on itself in the end, if there is one.
pub(crate) fn circle(parts: &[Part]) -> Option<usize> {
    let mut waits: Vec<usize> = parts.iter().map(|part| part.depends.len()).collect();
    let mut followers = vec![Vec::new(); parts.len()];
    for (i, part) in parts.iter().enumerate() {
        part.depends.iter().for_each(|on| followers[*on].push(i));
    }
    let mut free: Vec<usize> = (0..parts.len()).filter(|i| waits[*i] == 0).collect();
    while let Some(i) = free.pop() {
        for follower in &followers[i] {
            waits[*follower] -= 1;
            if waits[*follower] == 0 {
                free.push(*follower);
            }
        }
    }
    waits.iter().position(|left| *left > 0)
}

/// What has been answered so far.
pub(crate) struct Run {
    parts: Vec<Part>,
    version: ApiVersion,
    // When the run began: what a date counts from where an answer tells none of its own.
    now: Timestamp,
    answers: Vec<Option<Answered>>,
    // The latest refusal of those that wait to be sent again.
    refused: Vec<Option<Answered>>,
    tries: Vec<u32>,
    // Reads whose answer could not be read; each is asked again by itself.
    unread: Vec<bool>,
}

struct Answered {
    status: u16,
    headers: Json,
    body: Json,
}

impl Answered {
    fn failed(&self) -> bool {
        self.status >= 400
    }
}

impl Run {
    pub(crate) fn new(parts: Vec<Part>, version: ApiVersion, now: Timestamp) -> Run {
        let none = || parts.iter().map(|_| None).collect();
        Run {
            tries: vec![0; parts.len()],
            unread: vec![false; parts.len()],
            answers: none(),
            refused: none(),
            version,
            now,
            parts,
        }
    }

    /// Sends what can be sent now and goes on, until every request has its answer.
    pub(crate) fn next(mut self) -> Plan<Responses> {
        if let Err(error) = self.give_up() {
            return Plan::fail(error);
        }
        let group = self.group();
        if group.is_empty() {
            return self.end().into();
        }
        let request = self.request(&group);
        let reads = group.iter().all(|i| self.parts[*i].reads());
        Plan::call_then(
            request,
            Continuation::new(move |answer: Result<Response>| {
                let read = answer.and_then(|response| {
                    self.take(&group, &response).map_err(|error| if reads { error } else { lost(&error) })
                });
                let pause = match read {
                    Ok(pause) => pause,
                    // Nothing has been done yet: the error says more than a list of failures.
                    Err(error) if self.answers.iter().all(Option::is_none) => return Plan::fail(error),
                    Err(error) => match self.fail(&group, &error) {
                        Ok(()) => None,
                        Err(error) => return Plan::fail(error),
                    },
                };
                match pause {
                    Some(pause) => Plan::wait_then(
                        pause,
                        Continuation::new(move |waited: Result<()>| match waited {
                            Ok(()) => self.next(),
                            Err(error) => self.cut_short(&error).into(),
                        }),
                    ),
                    None => self.next(),
                }
            }),
        )
    }

    // The run's time is over: what the others did is told, and a refusal is the answer of what waits.
    fn cut_short(mut self, error: &Error) -> Result<Responses> {
        for i in 0..self.parts.len() {
            if self.answers[i].is_none() {
                self.answers[i] = self.refused[i].take();
            }
        }
        self.give_up()?;
        let open: Vec<usize> = (0..self.parts.len()).filter(|i| self.answers[*i].is_none()).collect();
        self.fail(&open, error)?;
        self.end()
    }

    // Answers what depends on a failure, at any distance.
    fn give_up(&mut self) -> Result<()> {
        let mut more = true;
        while more {
            more = false;
            // Most depend on one that stands before them, so that one pass settles a whole chain.
            for i in 0..self.parts.len() {
                let lost = |on: &usize| self.answers[*on].as_ref().is_some_and(Answered::failed);
                if self.answers[i].is_none() && self.parts[i].depends.iter().any(lost) {
                    let message = "A request that this one depends on failed, so it was not sent.";
                    self.answers[i] = Some(failure(424, &json!({ "code": "FailedDependency", "message": message }))?);
                    more = true;
                }
            }
        }
        Ok(())
    }

    fn waits_for(&self, i: usize) -> impl Iterator<Item = usize> {
        self.parts[i].depends.iter().copied().filter(|on| self.answers[*on].is_none())
    }

    fn group(&self) -> Vec<usize> {
        let open = || (0..self.parts.len()).filter(|i| self.answers[*i].is_none());
        let ready = |i: &usize| self.waits_for(*i).next().is_none();
        if let Some(unread) = open().find(|i| self.unread[*i] && ready(i)) {
            return vec![unread];
        }
        let mut group: Vec<usize> = open().filter(ready).take(MOST).collect();
        if group.len() == 1 {
            // Each next one waits for the last of the chain, and for nothing outside it.
            while group.len() < MOST {
                let last = group[group.len() - 1];
                let follows = |i: &usize| {
                    self.parts[*i].depends.contains(&last) && self.waits_for(*i).all(|on| group.contains(&on))
                };
                let mut followers = open().filter(follows);
                match (followers.next(), followers.next()) {
                    (Some(only), None) => group.push(only),
                    // Where it forks, what follows travels side by side in the next call.
                    _ => break,
                }
            }
        }
        group
    }

    fn request(&mut self, group: &[usize]) -> Request {
        #[derive(Serialize)]
        struct Wire<'a> {
            id: &'a str,
            method: &'a str,
            url: &'a str,
            #[serde(skip_serializing_if = "Map::is_empty")]
            headers: &'a Map<String, Value>,
            #[serde(skip_serializing_if = "Option::is_none")]
            body: &'a Option<Value>,
            #[serde(rename = "dependsOn", skip_serializing_if = "Option::is_none")]
            depends_on: Option<[&'a str; 1]>,
        }
        let chain = group.iter().any(|i| self.waits_for(*i).next().is_some());
        let wire: Vec<Wire<'_>> = group
            .iter()
            .enumerate()
            .map(|(place, i)| {
                let Part { id, method, url, headers, body, .. } = &self.parts[*i];
                let depends_on = (chain && place > 0).then(|| [self.parts[group[place - 1]].id.as_str()]);
                Wire { id, method: method.as_str(), url, headers, body, depends_on }
            })
            .collect();
        let mut request = Request::post("/$batch").json(json!({ "requests": wire })).version(self.version);
        if group.iter().all(|i| self.parts[*i].method != Method::POST && self.parts[*i].method != Method::PATCH) {
            request = request.idempotent();
        }
        if group.iter().any(|i| self.parts[*i].sensitive) {
            request = request.sensitive();
        }
        group.iter().for_each(|i| self.tries[*i] += 1);
        request.hide(group.iter().flat_map(|i| self.parts[*i].secrets.iter().cloned()))
    }

    // Takes the answers of a call; what is to be sent again stays open. The pause is what Graph asks for.
    fn take(&mut self, group: &[usize], response: &Response) -> Result<Option<Duration>> {
        let answers = match BatchAnswer::read(&response.body) {
            Err(_) if group.iter().all(|i| self.parts[*i].reads() && !self.unread[*i]) => Vec::new(),
            answers => answers?,
        };
        let mut answers: HashMap<String, BatchAnswer> =
            answers.into_iter().map(|answer| (answer.id.to_lowercase(), answer)).collect();
        let mut pause: Option<Duration> = None;
        let mut again = Vec::new();
        for i in group.iter().copied() {
            let Some(wire) = answers.remove(&self.parts[i].id.to_lowercase()) else {
                let reads = self.parts[i].reads();
                if reads && !self.unread[i] {
                    self.unread[i] = true;
                    again.push(i);
                    continue;
                }
                let (code, message) = match reads {
                    true => (Code::Unavailable, "Graph's answer to this request cannot be read."),
                    false => (
                        Code::OutcomeUnknown,
                        "This request may have been carried out: its answer cannot be read. Check before you repeat it.",
                    ),
                };
                self.answers[i] = Some(failure(502, &json!({ "code": code.name(), "message": message }))?);
                continue;
            };
            let asked = retry_after(wire.headers.as_ref(), response.header("date"), self.now);
            let slow = wire.status == 429 || (wire.status == 503 && asked.is_some());
            let wait = asked.unwrap_or(PAUSE * 2u32.saturating_pow(self.tries[i].saturating_sub(1)));
            // In a chain, what follows a request that is sent again is sent again too.
            let follows = wire.status == 424 && self.parts[i].depends.iter().any(|on| again.contains(on));
            if (slow && self.tries[i] < TRIES && wait <= PATIENCE) || follows {
                pause = pause.max(slow.then_some(wait));
                again.push(i);
            }
            let json = |json: Option<Json>, empty: &'static str| json.unwrap_or_else(|| Json::trusted(empty));
            let answer =
                Answered { status: wire.status, headers: json(wire.headers, "{}"), body: json(wire.body, "null") };
            let place = if again.last() == Some(&i) { &mut self.refused } else { &mut self.answers };
            place[i] = Some(answer);
        }
        Ok(pause)
    }

    // The call itself failed after others had succeeded: what those did is not to be lost.
    fn fail(&mut self, group: &[usize], error: &Error) -> Result<()> {
        for i in group {
            self.answers[*i] = Some(failure(error.status().unwrap_or(error.code().http_status()), error)?);
        }
        Ok(())
    }

    fn end(self) -> Result<Responses> {
        let answers = self.parts.into_iter().zip(self.answers).map(|(part, answer)| {
            let Answered { status, headers, body } =
                answer.ok_or_else(|| Error::bug("a request of a batch was left over"))?;
            Ok(PartAnswer { id: part.id, status, headers: Raw::new(headers), body: Raw::new(body) })
        });
        Ok(Responses { responses: answers.collect::<Result<_>>()? })
    }
}

// The batch was taken, so its parts may have been carried out.
fn lost(error: &Error) -> Error {
    Error::new(
        Code::OutcomeUnknown,
        format!("the requests of the batch may have been carried out: {}", error.message()),
    )
}

fn failure<T: Serialize>(status: u16, error: &T) -> Result<Answered> {
    Ok(Answered { status, headers: Json::parse("{}")?, body: Json::of(&json!({ "error": error }))? })
}

// Seconds, also with a fraction; or a date, from the date of the answer on, that of the part first.
fn retry_after(headers: Option<&Json>, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let headers: Map<String, Value> = headers?.read().ok()?;
    let find = |name: &str| headers.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let value = find("retry-after")?;
    if let Some(seconds) = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()) {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let moment = |text: &str| Some(jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp());
    let until = moment(value.as_str()?)?;
    let from = find("date").and_then(Value::as_str).and_then(moment).or_else(|| date.and_then(moment)).unwrap_or(now);
    Some(Duration::try_from(until.duration_since(from)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_counts_from_the_date_of_the_answer() {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        let wait = |headers: Value, date: Option<&str>| retry_after(Json::of(&headers).ok().as_ref(), date, now);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let until = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(wait(json!({ "Retry-After": until }), None), seconds(37));
        assert_eq!(wait(json!({ "Retry-After": until }), Some("Sun, 06 Nov 1994 08:49:30 GMT")), seconds(7));
        let own = json!({ "retry-after": until, "Date": "Sun, 06 Nov 1994 08:49:35 GMT" });
        assert_eq!(wait(own, Some("Sun, 06 Nov 1994 08:49:30 GMT")), seconds(2));
        assert_eq!(wait(json!({ "Retry-After": "Sun, 06 Nov 1994 08:48:00 GMT" }), None), seconds(0), "past");
        assert_eq!(wait(json!({ "Retry-After": "1.5" }), None), Some(Duration::from_millis(1500)));
        assert_eq!(wait(json!({ "Retry-After": "soon" }), None), None);
    }
}
