//! Many members at once: 20 to a request, requests about one group in turn, and the fate of each member.
//!
//! It is planned a batch at a time, and what became of a batch is handed out before the next one is made. So
//! what is held for a member that waits is its id, 17 bytes.

use std::sync::Arc;

use connector_sdk::{Code, Continuation, Error, Itemised, Json, Order, Plan, Request, Response, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::groups::missing_members::Wanted;
use crate::references;

/// How many members one request may add; see [add members][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/group-post-members
pub const MEMBERS_PER_REQUEST: usize = 20;

/// Maximum number of members that are planned at a time: a full [batch][1] of 20 requests. They go in turn anyway, so
/// more at a time would not be faster.
///
/// [1]: https://learn.microsoft.com/en-us/graph/json-batching
const AT_A_TIME: usize = 20 * MEMBERS_PER_REQUEST;

/// The outcome of one member.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberOutcome {
    /// The object id, in lower case.
    pub member: String,
    /// The outcome.
    pub fate: End,
    /// Why it could not be added: code, message, hint and Graph's own error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}

/// How it ended for a member.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// It was added.
    Added,
    /// It was a member already.
    Existing,
    /// The member could not be added.
    Failed,
}

/// The number of members by outcome.
#[derive(Debug, Default, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Number of members that were added.
    pub added: usize,
    /// Number of objects that were members already.
    pub existing: usize,
    /// Number of members that could not be added.
    pub failed: usize,
}

/// The fate of each member, handed out as it is known, and how many met which.
pub type MemberSummary = Itemised<MemberOutcome, Counts>;

/// Who is to be added, and where.
#[derive(Debug, Clone)]
pub struct Adding {
    /// The group.
    pub group: String,
    /// The base URL of the connection's Graph.
    pub base: Arc<str>,
    /// Whether who is a member already is as good as added.
    pub ignore_existing: bool,
}

impl Adding {
    /// Adds members, each of them once.
    pub fn all(self, members: Vec<Uuid>) -> Plan<MemberSummary> {
        Walk::new(self, Wanted::new(members)).go_on()
    }

    /// Reads who is a member, and adds the others, each of them once.
    pub fn missing(self, members: Vec<Uuid>) -> Plan<MemberSummary> {
        Wanted::new(members).look(&self.group).and_then(|wanted| Walk::new(self, wanted).go_on())
    }

    fn reference(&self, member: Uuid) -> String {
        format!("{}/directoryObjects/{member}", self.base)
    }

    fn many(&self, members: &[Uuid]) -> Request {
        let references: Vec<String> = members.iter().map(|member| self.reference(*member)).collect();
        self.repeat(
            Request::patch("/groups/{group}")
                .path_param("group", self.group.as_str())
                .json(json!({ "members@odata.bind": references })),
        )
    }

    fn one(&self, member: Uuid) -> Request {
        let request = Request::post("/groups/{group}/members/$ref").path_param("group", self.group.as_str());
        self.repeat(request.json(json!({ "@odata.id": self.reference(member) })))
    }

    // Added twice is a member once. Only who asks for the difference must not be told "existing" for
    // a member that a lost answer of ours had added.
    fn repeat(&self, request: Request) -> Request {
        if self.ignore_existing { request.idempotent() } else { request }
    }
}

type Answers = Vec<Result<Response>>;

// On the way through the members.
struct Walk {
    adding: Adding,
    wanted: Wanted,
    // So many are still to be added.
    left: usize,
    // Whose request failed because of one of them.
    apart: Vec<Uuid>,
    // What is to be handed out.
    fates: Vec<MemberOutcome>,
    counts: Counts,
}

impl Walk {
    fn new(adding: Adding, wanted: Wanted) -> Walk {
        Walk { adding, left: wanted.missing(), wanted, apart: Vec::new(), fates: Vec::new(), counts: Counts::default() }
    }

    fn go_on(mut self) -> Plan<MemberSummary> {
        if self.apart.len() >= AT_A_TIME {
            return self.one_by_one();
        }
        let mut portion = Vec::with_capacity(AT_A_TIME.min(self.left));
        let mut at_the_end = false;
        while portion.len() < AT_A_TIME && self.fates.len() < 2 * AT_A_TIME && !at_the_end {
            match self.wanted.next() {
                Some((member, true)) => self.note(member, Ok(End::Existing)),
                Some((member, false)) => portion.push(member),
                None => at_the_end = true,
            }
        }
        let following = self.requests_left();
        match (portion.is_empty(), at_the_end) {
            (false, _) => self.many(portion),
            (true, false) => self.hand_out(following, Walk::go_on),
            (true, true) if self.apart.is_empty() => {
                self.hand_out(0, |walk| Plan::done(MemberSummary::end(walk.counts)))
            }
            (true, true) => self.one_by_one(),
        }
    }

    // All of them change one group, so they go in turn: Graph refuses changes that overlap.
    fn many(mut self, portion: Vec<Uuid>) -> Plan<MemberSummary> {
        self.left -= portion.len();
        let requests = portion.chunks(MEMBERS_PER_REQUEST).map(|members| self.adding.many(members)).collect();
        let following = self.requests_left();
        self.send(requests, following, move |mut walk, answers| {
            for (members, answer) in portion.chunks(MEMBERS_PER_REQUEST).zip(answers) {
                match answer {
                    Ok(_) => members.iter().for_each(|member| walk.note(*member, Ok(End::Added))),
                    Err(error) if concerns_everybody(&error, &walk.adding.group) && walk.counts.added == 0 => {
                        return Plan::fail(references::explain(error));
                    }
                    // One bad member fails the 20 of its request. Those are tried one by one, so that the others get
                    // in.
                    Err(error) if is_about_a_member(&error) => walk.apart.extend(members),
                    Err(error) => members.iter().for_each(|member| walk.note(*member, Err(error.clone()))),
                }
            }
            walk.go_on()
        })
    }

    fn one_by_one(mut self) -> Plan<MemberSummary> {
        let portion: Vec<Uuid> = self.apart.drain(..self.apart.len().min(AT_A_TIME)).collect();
        let requests = portion.iter().map(|member| self.adding.one(*member)).collect();
        let following = self.requests_left();
        self.send(requests, following, move |mut walk, answers| {
            for (member, answer) in portion.into_iter().zip(answers) {
                let end = match answer {
                    Ok(_) => Ok(End::Added),
                    Err(error) if walk.adding.ignore_existing && references::exists_already(&error) => {
                        Ok(End::Existing)
                    }
                    Err(error) => Err(error),
                };
                walk.note(member, end);
            }
            walk.go_on()
        })
    }

    fn send(
        self,
        requests: Vec<Request>,
        following: usize,
        go: impl FnOnce(Walk, Answers) -> Plan<MemberSummary> + Send + 'static,
    ) -> Plan<MemberSummary> {
        self.hand_out(requests.len() + following, move |walk| {
            Plan::all_then(
                requests,
                Order::Sequential,
                Continuation::before(following, move |answers| go(walk, answers)),
            )
        })
    }

    // Hands out what is known so far.
    fn hand_out(
        mut self,
        following: usize,
        go: impl FnOnce(Walk) -> Plan<MemberSummary> + Send + 'static,
    ) -> Plan<MemberSummary> {
        if self.fates.is_empty() {
            return go(self);
        }
        match self.fates.drain(..).map(|fate| Json::of(&fate)).collect() {
            Ok(fates) => Plan::emit_then(
                fates,
                Continuation::before(
                    following,
                    move |taken: Result<()>| if let Err(error) = taken { Plan::fail(error) } else { go(self) },
                ),
            ),
            Err(error) => Plan::fail(error),
        }
    }

    fn requests_left(&self) -> usize {
        self.left.div_ceil(MEMBERS_PER_REQUEST) + self.apart.len()
    }

    fn note(&mut self, member: Uuid, end: Result<End>) {
        let (fate, error) = match end {
            Ok(fate) => (fate, None),
            Err(error) => (End::Failed, Some(error)),
        };
        match fate {
            End::Added => self.counts.added += 1,
            End::Existing => self.counts.existing += 1,
            End::Failed => self.counts.failed += 1,
        }
        self.fates.push(MemberOutcome { member: member.to_string(), fate, error });
    }
}

fn is_about_a_member(error: &Error) -> bool {
    matches!(error.code(), Code::Rejected | Code::NotFound | Code::Conflict)
}

// No permission, or no such group: trying each member would only repeat it.
fn concerns_everybody(error: &Error, group: &str) -> bool {
    match error.code() {
        Code::Forbidden | Code::MissingScope | Code::UnknownConnection | Code::NotConnected => true,
        Code::Rejected => references::is_about_the_group(error),
        Code::NotFound => error.message().to_ascii_lowercase().contains(&group.to_ascii_lowercase()),
        _ => false,
    }
}
