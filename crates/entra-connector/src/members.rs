//! Many members at once: 20 to a request, requests about one group in turn, and the fate of each member.

use connector_sdk::{Code, Error, Order, Plan, Request, Response, Result, Then};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;

use crate::member_file;
use crate::references;
use crate::vocabulary::ObjectId;

/// How many members one request may add; see [add members][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/group-post-members
pub const MEMBERS_PER_REQUEST: usize = 20;

/// The fate of each member. Every id of the input is in exactly one of the lists.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fates {
    /// Who was added.
    pub added: Vec<ObjectId>,
    /// Who was a member already.
    pub existing: Vec<ObjectId>,
    /// Who could not be added, and why.
    pub failed: Vec<Failure>,
}

/// A member that could not be added.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The id.
    pub member: ObjectId,
    /// What went wrong, as a stable code such as `not_found`.
    pub code: String,
    /// Graph's reason.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// Who is to be added, and where.
#[derive(Debug, Clone)]
pub struct Adding {
    /// The group.
    pub group: String,
    /// The base URL of the connection's Graph.
    pub base: String,
    /// Whether who is a member already is as good as added.
    pub ignore_existing: bool,
}

impl Adding {
    /// Adds members, each of them once.
    ///
    /// # Errors
    /// `invalid_input` at the first id that is none.
    pub fn all(self, members: Vec<ObjectId>) -> Result<Plan<Fates>> {
        self.check(&members)?;
        let mut seen = HashSet::new();
        let members: Vec<ObjectId> = members.into_iter().filter(|member| seen.insert(member.0.to_ascii_lowercase())).collect();
        let request = {
            let adding = self.clone();
            move |members: &[ObjectId]| adding.many(members)
        };
        // All of them change one group, so they go in turn: Graph refuses changes that overlap.
        Ok(Plan::chunked(members, MEMBERS_PER_REQUEST, Order::InTurn, request, move |chunks| after_chunks(&self, chunks)))
    }

    /// Reads who is a member, and adds the others, each of them once.
    pub fn missing(self, members: Vec<ObjectId>) -> Plan<Fates> {
        member_file::present(&self.group).and_then(move |present| {
            let (existing, missing): (Vec<_>, Vec<_>) =
                members.into_iter().partition(|member| present.contains(&member.0.to_ascii_lowercase()));
            if missing.is_empty() {
                return Plan::Done(Fates { existing, ..Fates::default() });
            }
            self.all(missing).unwrap_or_else(Plan::Fail).map(|fates| Fates { existing: [existing, fates.existing].concat(), ..fates })
        })
    }

    /// Looks at the ids before anything is sent.
    ///
    /// # Errors
    /// `invalid_input` at the first id that is none.
    pub fn check(&self, members: &[ObjectId]) -> Result<()> {
        members.iter().enumerate().try_for_each(|(place, member)| references::segment(&member.0, &format!("members/{place}")).map(|_| ()))
    }

    fn reference(&self, member: &ObjectId) -> String {
        format!("{}/directoryObjects/{}", self.base, member.0)
    }

    fn many(&self, members: &[ObjectId]) -> Request {
        let references: Vec<String> = members.iter().map(|member| self.reference(member)).collect();
        self.repeat(Request::patch("/groups/{group}").with("group", self.group.as_str()).json(json!({ "members@odata.bind": references })))
    }

    fn one(&self, member: &ObjectId) -> Request {
        let request = Request::post("/groups/{group}/members/$ref").with("group", self.group.as_str());
        self.repeat(request.json(json!({ "@odata.id": self.reference(member) })))
    }
    // Added twice is a member once. Only who asks for the difference must not be told "existing" for
    // a member that a lost answer of ours had added.
    fn repeat(&self, request: Request) -> Request {
        if self.ignore_existing { request.repeatable() } else { request }
    }
}

// One bad member fails the 20 of its request. Those are tried one by one, so that the others get in.
fn after_chunks(adding: &Adding, chunks: Vec<(Vec<ObjectId>, Result<Response>)>) -> Plan<Fates> {
    let mut fates = Fates::default();
    let mut apart = Vec::new();
    for (members, answer) in chunks {
        match answer {
            Ok(_) => fates.added.extend(members),
            Err(error) if concerns_everybody(&error, &adding.group) && fates.added.is_empty() => {
                return Plan::Fail(references::explain(error));
            }
            Err(error) if is_about_a_member(&error) => apart.extend(members),
            Err(error) => fates.failed.extend(members.into_iter().map(|member| failure(member, &error))),
        }
    }
    if apart.is_empty() {
        return Plan::Done(fates);
    }
    let requests = apart.iter().map(|member| adding.one(member)).collect();
    let ignore_existing = adding.ignore_existing;
    Plan::All(
        requests,
        Order::InTurn,
        Then::last(move |answers: Vec<Result<Response>>| {
            for (member, answer) in apart.into_iter().zip(answers) {
                match answer {
                    Ok(_) => fates.added.push(member),
                    Err(error) if ignore_existing && references::exists_already(&error) => fates.existing.push(member),
                    Err(error) => fates.failed.push(failure(member, &error)),
                }
            }
            Plan::Done(fates)
        }),
    )
}

fn failure(member: ObjectId, error: &Error) -> Failure {
    Failure { member, code: error.code().name().to_owned(), message: error.to_string(), hint: error.advice().to_owned() }
}

fn is_about_a_member(error: &Error) -> bool {
    matches!(error.code(), Code::Rejected | Code::NotFound | Code::Conflict)
}

// No permission, or no such group: trying each member would only repeat it.
fn concerns_everybody(error: &Error, group: &str) -> bool {
    match error.code() {
        Code::Forbidden | Code::MissingScope | Code::NotConnected => true,
        Code::Rejected => references::is_about_the_group(error),
        Code::NotFound => error.message().to_ascii_lowercase().contains(&group.to_ascii_lowercase()),
        _ => false,
    }
}
