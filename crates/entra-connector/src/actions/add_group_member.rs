//! `add_group_member`

use connector_sdk::{Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::members::{Adding, Fates};
use crate::permissions::MEMBERS_WRITE;
use crate::vocabulary::{GroupId, ObjectId};

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

impl Action for AddGroupMember {
    type Output = Fates;
    const SPEC: Spec = Spec::new("add_group_member", "Add group members", Effect::Update).scopes(MEMBERS_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Fates>> {
        Adding { group: self.group.0, base: cx.graph.clone(), ignore_existing: self.ignore_existing }.all(self.members)
    }
}
