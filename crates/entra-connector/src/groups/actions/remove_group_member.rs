//! `remove_group_member`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MEMBERS_WRITE;
use crate::references;
use crate::vocabulary::{GroupId, MemberId, Taken};

/// Remove a member from a group. The object itself stays. Members of a dynamic group follow from its rule and cannot be
/// removed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206", "member": "d97f245f-8fe8-4126-8ad1-ccdb6b7f6b78" })]))]
pub struct RemoveGroupMember {
    /// The group.
    group: GroupId,
    /// The member.
    member: MemberId,
}

impl Action for RemoveGroupMember {
    type Output = Taken;
    const SPEC: Spec =
        Spec::new("remove_group_member", "Remove group member", Effect::Update).scopes(MEMBERS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Taken>> {
        let request = Request::delete("/groups/{group}/members/{member}/$ref")
            .path_param("group", self.group.0)
            .path_param("member", self.member.0);
        Ok(references::remove(request).map(|_| Taken { removed: true }))
    }
}
