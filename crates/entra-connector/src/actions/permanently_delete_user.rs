//! `permanently_delete_user`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::USERS_DELETE;

/// Delete a user for good that was deleted before. It cannot be brought back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "userId": "28ab3602-4979-4b64-880e-55b959b0fdb2" })]))]
pub struct PermanentlyDeleteUser {
    /// The object id of the deleted user.
    #[schemars(length(min = 1, max = 100))]
    user_id: String,
}

impl Action for PermanentlyDeleteUser {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("permanently_delete_user", "Permanently delete user", Effect::Delete).scopes(USERS_DELETE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/directory/deletedItems/{object}").with("object", self.user_id).deleted())
    }
}
