//! `delete_group`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUPS_DELETE;
use crate::vocabulary::GroupId;

/// Delete a group. For 30 days a Microsoft 365 group can be restored; another group may be gone at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "group": "fba318f2-9400-4cc8-879e-e1bb10c5b206" })]))]
pub struct DeleteGroup {
    /// The group.
    group: GroupId,
}

impl Action for DeleteGroup {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_group", "Delete group", Effect::Delete)
        .undo("`restore_group` brings a Microsoft 365 group back within 30 days; another group may be gone at once.")
        .scopes(GROUPS_DELETE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/groups/{group}").path_param("group", self.group.0).deleted())
    }
}
