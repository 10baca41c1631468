//! `remove_directory_role_member`

use connector_sdk::{Action, Context, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ROLES_WRITE;
use crate::references;
use crate::vocabulary::{DirectoryRoleId, ObjectId, Taken};

/// Remove a member from a role of the directory. The object itself stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "role": "8834e3d6-3994-4fa1-8b28-5598daedb5fd", "member": "6569c6d8-7044-4734-8fc3-bdac57842471" })]))]
pub struct RemoveDirectoryRoleMember {
    /// The role.
    role: DirectoryRoleId,
    /// The member, by object id.
    #[schemars(extend("x-picklist" = "directory_role_members"))]
    member: ObjectId,
}

impl Action for RemoveDirectoryRoleMember {
    type Output = Taken;
    const SPEC: Spec = Spec::new("remove_directory_role_member", "Remove directory role member", Effect::Update)
        .scopes(ROLES_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Taken>> {
        let request = Request::delete("/directoryRoles/{role}/members/{member}/$ref")
            .path_param("role", self.role.0)
            .path_param("member", self.member.0);
        Ok(references::remove(request).map(|_| Taken { removed: true }))
    }
}
