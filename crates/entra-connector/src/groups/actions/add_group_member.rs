//! `add_group_member`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, FileRef, Issue, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::groups::member_file;
use crate::groups::members::{Adding, MemberSummary};
use crate::permissions::MEMBERS_WRITE;
use crate::vocabulary::{GroupId, NewMemberId, ObjectId};

/// Add members to a group: one or many thousands. A request adds 20 members and a batch 400. A member that Graph
/// refuses does not keep the others out, and the outcome of each is returned.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "members": ["c0e38b25-9595-4155-8c2c-195de4a7b58d"] }),
    json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "membersFile": { "text": "id\nc0e38b25-9595-4155-8c2c-195de4a7b58d\n" } })
]))]
#[schemars(transform = rules::one_of(&["members", "membersFile"]))]
pub struct AddGroupMember {
    /// The group. Its membership must not be dynamic.
    group: GroupId,
    /// Object ids of the new members: users, groups, devices or service principals.
    #[schemars(length(min = 1))]
    members: Option<Vec<NewMemberId>>,
    /// A file with their object ids in place of `members`: one to a line, or the first column of a table.
    members_file: Option<FileRef>,
    /// Read the present members first, and add only those that are missing: after a run that broke off, the next run
    /// adds the rest. The default is true for a file.
    only_missing: Option<bool>,
    /// Count an object that is a member already as done (the default) instead of failed.
    #[serde(default = "yes")]
    ignore_existing: bool,
}

fn yes() -> bool {
    true
}

impl Action for AddGroupMember {
    type Output = MemberSummary;
    const SPEC: Spec = Spec::new("add_group_member", "Add group members", Effect::Update).scopes(MEMBERS_WRITE).list();

    fn plan(self, cx: &Context) -> Result<Plan<MemberSummary>> {
        let adding = Adding { group: self.group.0, base: cx.graph.clone(), ignore_existing: self.ignore_existing };
        let add =
            |only_missing| move |members| if only_missing { adding.missing(members) } else { adding.all(members) };
        match (self.members, self.members_file) {
            (Some(members), None) => Ok(add(self.only_missing == Some(true))(ids(&members)?)),
            (None, Some(file)) => {
                cx.file(&file).map_err(|error| error.at("/membersFile"))?;
                let add = add(self.only_missing != Some(false));
                Ok(Plan::read(file, |bytes| member_file::read(&bytes, "membersFile").map_or_else(Plan::fail, add)))
            }
            (None, None) => Err(Error::invalid("/members", "say who: give `members` or `membersFile`")),
            (Some(_), Some(_)) => Err(Error::invalid("/membersFile", "`members` and `membersFile` exclude each other")),
        }
    }
}

fn ids(members: &[NewMemberId]) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(members.len());
    let mut issues = Vec::new();
    for (place, member) in members.iter().enumerate() {
        match ObjectId::parse(&member.0) {
            Some(id) => ids.push(id),
            None => issues.push(Issue::new(
                format!("/members/{place}"),
                "this is not an object id, such as c0e38b25-9595-4155-8c2c-195de4a7b58d",
            )),
        }
    }
    if issues.is_empty() { Ok(ids) } else { Err(Error::issues(issues)) }
}
