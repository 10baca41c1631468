//! `permanently_delete_user`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::USERS_DELETE;

/// Delete a user for good that was deleted before. It cannot be restored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "userId": "28ab3602-4979-4b64-880e-55b959b0fdb2", "confirm": true })]))]
pub struct PermanentlyDeleteUser {
    /// The object id of the deleted user.
    #[schemars(extend("format" = "uuid"))]
    user_id: String,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for PermanentlyDeleteUser {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("permanently_delete_user", "Permanently delete user", Effect::Delete).scopes(USERS_DELETE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(Request::delete("/directory/deletedItems/{object}").path_param("object", self.user_id).deleted())
    }
}
