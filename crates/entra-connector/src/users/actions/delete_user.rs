//! `delete_user`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::USERS_DELETE;
use crate::vocabulary::UserId;

/// Delete a user. For 30 days it can be restored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "gradya@contoso.example" })]))]
pub struct DeleteUser {
    /// The user.
    user: UserId,
}

impl Action for DeleteUser {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_user", "Delete user", Effect::Delete)
        .undo("`restore_user` brings the user back within 30 days.")
        .scopes(USERS_DELETE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/users/{user}").path_param("user", self.user.0).deleted())
    }
}
