//! `create_role_assignment`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ROLES_WRITE;
use crate::vocabulary::{ObjectId, RoleAssignment, RoleDefinitionId};

/// Give a role of the directory to a user, a group or a service principal, in the whole tenant or in a part of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "principal": "c0e38b25-9595-4155-8c2c-195de4a7b58d", "roleDefinition": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b" })]))]
pub struct CreateRoleAssignment {
    /// Object id of the principal that gets the role.
    #[schemars(extend("x-picklist" = "users"))]
    principal: ObjectId,
    /// The role.
    role_definition: RoleDefinitionId,
    /// Where: `/` is the whole tenant, `/administrativeUnits/{id}` a unit.
    #[serde(default = "whole")]
    #[schemars(length(min = 1, max = 400))]
    directory_scope: String,
}

fn whole() -> String {
    "/".to_owned()
}

impl Action for CreateRoleAssignment {
    type Output = Raw<RoleAssignment>;
    const SPEC: Spec =
        Spec::new("create_role_assignment", "Create role assignment", Effect::Create).scopes(ROLES_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<RoleAssignment>>> {
        let body = json!({ "principalId": self.principal, "roleDefinitionId": self.role_definition, "directoryScopeId": self.directory_scope });
        Ok(Request::post("/roleManagement/directory/roleAssignments").json(body).raw())
    }
}
