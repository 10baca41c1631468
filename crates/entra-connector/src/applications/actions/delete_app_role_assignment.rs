//! `delete_app_role_assignment`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ASSIGNMENTS_WRITE;
use crate::vocabulary::UserId;

/// Remove a role of an app from a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example", "assignmentId": "0f69df85-8be9-4e89-8911-fa3faa3a8a2b" })]))]
pub struct DeleteAppRoleAssignment {
    /// The user.
    user: UserId,
    /// The id of the assignment.
    #[schemars(length(min = 1, max = 200))]
    assignment_id: String,
}

impl Action for DeleteAppRoleAssignment {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_app_role_assignment", "Delete app role assignment", Effect::Delete)
        .scopes(ASSIGNMENTS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/users/{user}/appRoleAssignments/{assignment}")
            .path_param("user", self.user.0)
            .path_param("assignment", self.assignment_id)
            .deleted())
    }
}
