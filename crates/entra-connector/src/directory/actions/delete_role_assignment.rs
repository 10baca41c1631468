//! `delete_role_assignment`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ROLES_WRITE;

/// Remove a role assignment of the directory.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "assignmentId": "9218d837-967e-4235-8a07-fe9d16d08dd4" })]))]
pub struct DeleteRoleAssignment {
    /// The id of the assignment.
    #[schemars(length(min = 1, max = 200))]
    assignment_id: String,
}

impl Action for DeleteRoleAssignment {
    type Output = Deleted;
    const SPEC: Spec =
        Spec::new("delete_role_assignment", "Delete role assignment", Effect::Delete).scopes(ROLES_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/roleManagement/directory/roleAssignments/{assignment}")
            .path_param("assignment", self.assignment_id)
            .deleted())
    }
}
