//! `create_app_role_assignment`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ASSIGNMENTS_WRITE;
use crate::vocabulary::{AppRoleAssignment, ObjectId, ServicePrincipalId};

/// Give a user a role of an app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "c0e38b25-9595-4155-8c2c-195de4a7b58d", "resourceId": "bf33bd13-d5fb-4e58-8a5f-e3a94105308d", "appRoleId": "dc6d062d-9a07-4247-8790-c68547c83e76" })]))]
pub struct CreateAppRoleAssignment {
    /// The user, by object id.
    #[schemars(extend("x-picklist" = "users"))]
    user: ObjectId,
    /// The service principal of the app.
    resource_id: ServicePrincipalId,
    /// The role; 00000000-0000-0000-0000-000000000000 where the app has none.
    #[schemars(extend("format" = "uuid"))]
    app_role_id: String,
}

impl Action for CreateAppRoleAssignment {
    type Output = Raw<AppRoleAssignment>;
    const SPEC: Spec = Spec::new("create_app_role_assignment", "Create app role assignment", Effect::Create)
        .scopes(ASSIGNMENTS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<AppRoleAssignment>>> {
        let body = json!({ "principalId": self.user.0, "resourceId": self.resource_id, "appRoleId": self.app_role_id });
        Ok(Request::post("/users/{user}/appRoleAssignments").path_param("user", self.user.0).json(body).raw())
    }
}
