//! `add_group_member`

use std::collections::HashSet;

use connector_sdk::{Action, Code, Context, Effect, Error, Order, Plan, Request, Response, Result, Spec, Then};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::vocabulary::{GroupId, ObjectId};

/// How many members one request may add; see [add members][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/group-post-members
const MEMBERS_PER_REQUEST: usize = 20;

/// Add members to a group: one or many thousands. They travel 20 to a request and 400 to a batch. One that Graph refuses does not keep the others out, and the fate of each is returned.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "members": ["c0e38b25-9595-4155-8c2c-195de4a7b58d"] })]))]
pub struct AddGroupMember {
    /// The group. Its membership must not be dynamic.
    group: GroupId,
    /// Who becomes a member: object ids of users, groups, devices or service principals.
    #[schemars(length(min = 1))]
    members: Vec<ObjectId>,
    /// Take who is a member already for done (the default) instead of for failed.
    #[serde(default = "yes")]
    ignore_existing: bool,
}

fn yes() -> bool {
    true
}

/// The fate of each member. Every id of the input is in exactly one of the lists.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fates {
    /// Who was added.
    added: Vec<ObjectId>,
    /// Who was a member already.
    existing: Vec<ObjectId>,
    /// Who could not be added, and why.
    failed: Vec<Failure>,
}

/// A member that could not be added.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The id.
    member: ObjectId,
    /// What went wrong, as a stable code such as `not_found`.
    code: String,
    /// Graph's reason.
    message: String,
}

impl Action for AddGroupMember {
    type Output = Fates;
    const SPEC: Spec = Spec::new("add_group_member", "Add group members", Effect::Update)
        .delegated(&["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"])
        .application(&["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"]);

    fn plan(self, cx: &Context) -> Result<Plan<Fates>> {
        let mut seen = HashSet::new();
        let members: Vec<ObjectId> = self.members.into_iter().filter(|member| seen.insert(member.0.to_ascii_lowercase())).collect();
        let target = Target { group: self.group.0, base: cx.graph.clone(), ignore_existing: self.ignore_existing };
        let request = {
            let target = target.clone();
            move |members: &[ObjectId]| target.add_many(members)
        };
        // All of them change one group, so they go in turn: Graph refuses changes that overlap.
        Ok(Plan::chunked(members, MEMBERS_PER_REQUEST, Order::InTurn, request, move |chunks| after_chunks(&target, chunks)))
    }
}

#[derive(Clone)]
struct Target {
    group: String,
    base: String,
    ignore_existing: bool,
}

impl Target {
    fn reference(&self, member: &ObjectId) -> String {
        format!("{}/directoryObjects/{}", self.base, member.0)
    }

    fn add_many(&self, members: &[ObjectId]) -> Request {
        let references: Vec<String> = members.iter().map(|member| self.reference(member)).collect();
        self.repeat(Request::patch("/groups/{group}").with("group", self.group.as_str()).json(json!({ "members@odata.bind": references })))
    }

    fn add_one(&self, member: &ObjectId) -> Request {
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
fn after_chunks(target: &Target, chunks: Vec<(Vec<ObjectId>, Result<Response>)>) -> Plan<Fates> {
    let mut fates = Fates::default();
    let mut apart = Vec::new();
    for (members, answer) in chunks {
        match answer {
            Ok(_) => fates.added.extend(members),
            Err(error) if concerns_everybody(&error, &target.group) && fates.added.is_empty() => return Plan::Fail(error),
            Err(error) if is_about_a_member(&error) => apart.extend(members),
            Err(error) => fates.failed.extend(members.into_iter().map(|member| failure(member, &error))),
        }
    }
    if apart.is_empty() {
        return Plan::Done(fates);
    }
    let requests = apart.iter().map(|member| target.add_one(member)).collect();
    let ignore_existing = target.ignore_existing;
    Plan::All(
        requests,
        Order::InTurn,
        Then::last(move |answers: Vec<Result<Response>>| {
            for (member, answer) in apart.into_iter().zip(answers) {
                match answer {
                    Ok(_) => fates.added.push(member),
                    Err(error) if ignore_existing && exists_already(&error) => fates.existing.push(member),
                    Err(error) => fates.failed.push(failure(member, &error)),
                }
            }
            Plan::Done(fates)
        }),
    )
}

fn failure(member: ObjectId, error: &Error) -> Failure {
    Failure { member, code: error.code().name().to_owned(), message: error.to_string() }
}

fn is_about_a_member(error: &Error) -> bool {
    matches!(error.code(), Code::Rejected | Code::NotFound | Code::Conflict)
}

// No permission, or no such group: trying each member would only repeat it.
fn concerns_everybody(error: &Error, group: &str) -> bool {
    match error.code() {
        Code::Forbidden | Code::MissingScope | Code::NotConnected => true,
        Code::NotFound => error.message().to_ascii_lowercase().contains(&group.to_ascii_lowercase()),
        _ => false,
    }
}

// Graph has no code of its own for it, only this sentence.
fn exists_already(error: &Error) -> bool {
    error.message().contains("already exist")
}
