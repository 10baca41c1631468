//! `get_member_groups`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::MEMBERSHIPS_ASK;
use crate::vocabulary::UserId;

/// Get the ids of all groups that a user is in, also through other groups. For roles and units, use
/// `list_user_memberships`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "diegos@contoso.example" })]))]
pub struct GetMemberGroups {
    /// The user.
    user: UserId,
    /// Only groups that access can be granted to.
    #[serde(default)]
    security_enabled_only: bool,
}

/// The ids of groups.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupIds {
    /// The object ids.
    ids: Vec<String>,
}

impl Action for GetMemberGroups {
    type Output = GroupIds;
    const SPEC: Spec = Spec::new("get_member_groups", "Get member groups", Effect::Read).scopes(MEMBERSHIPS_ASK).bulk();

    fn plan(self, _: &Context) -> Result<Plan<GroupIds>> {
        let body = json!({ "securityEnabledOnly": self.security_enabled_only });
        Ok(Request::post("/users/{user}/getMemberGroups")
            .path_param("user", self.user.0)
            .json(body)
            .idempotent()
            .fold_answer(GroupIds { ids: Vec::new() }, |found, page| {
                page.items.iter().try_for_each(|id| id.read().map(|id| found.ids.push(id)))
            }))
    }
}
