//! `add_directory_role_member`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ROLES_WRITE;
use crate::references;
use crate::vocabulary::{Added, DirectoryRoleId, ObjectId};

/// Add a member to a role of the directory. Adding an existing one changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "role": "8834e3d6-3994-4fa1-8b28-5598daedb5fd", "member": "c0e38b25-9595-4155-8c2c-195de4a7b58d" })]))]
pub struct AddDirectoryRoleMember {
    /// The role.
    role: DirectoryRoleId,
    /// The member, by object id.
    #[schemars(extend("x-picklist" = "users"))]
    member: ObjectId,
}

impl Action for AddDirectoryRoleMember {
    type Output = Added;
    const SPEC: Spec =
        Spec::new("add_directory_role_member", "Add directory role member", Effect::Update).scopes(ROLES_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Added>> {
        let request = Request::post("/directoryRoles/{role}/members/$ref").path_param("role", self.role.0);
        Ok(references::add(request, references::object(cx, &self.member.0, "member")?).map(|_| Added { added: true }))
    }
}
