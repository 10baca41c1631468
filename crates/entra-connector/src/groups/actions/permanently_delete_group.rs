//! `permanently_delete_group`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::GROUPS_WRITE;

/// Delete a group for good that was deleted before. It cannot be restored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "groupId": "75162c0e-d554-4a37-8fdc-e5136de4710e", "confirm": true })]))]
pub struct PermanentlyDeleteGroup {
    /// The object id of the deleted group.
    #[schemars(extend("format" = "uuid"))]
    group_id: String,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for PermanentlyDeleteGroup {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("permanently_delete_group", "Permanently delete group", Effect::Delete).scopes(GROUPS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(Request::delete("/directory/deletedItems/{object}").path_param("object", self.group_id).deleted())
    }
}
