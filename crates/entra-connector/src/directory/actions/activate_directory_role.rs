//! `activate_directory_role`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ROLES_WRITE;
use crate::vocabulary::{DirectoryRole, RoleDefinitionId};

/// Make a role of the directory active in the tenant, so that it can have members. One that is active already is an
/// error of Graph.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "roleTemplateId": "729827e3-9c14-49f7-bb1b-9608f156bbb8" })]))]
pub struct ActivateDirectoryRole {
    /// The template of the role; for built-in roles, it is the id of the definition.
    role_template_id: RoleDefinitionId,
}

impl Action for ActivateDirectoryRole {
    type Output = Raw<DirectoryRole>;
    const SPEC: Spec =
        Spec::new("activate_directory_role", "Activate directory role", Effect::Create).scopes(ROLES_WRITE);

    fn plan(self, _: &Context) -> Result<Plan<Raw<DirectoryRole>>> {
        Ok(Request::post("/directoryRoles").json(json!({ "roleTemplateId": self.role_template_id })).raw())
    }
}
