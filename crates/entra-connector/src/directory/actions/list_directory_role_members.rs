//! `list_directory_role_members`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ROLES_READ;
use crate::vocabulary::{DirectoryObject, DirectoryRoleId};

/// List the members of a role of the directory.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "role": "8834e3d6-3994-4fa1-8b28-5598daedb5fd" })]))]
pub struct ListDirectoryRoleMembers {
    /// The role.
    role: DirectoryRoleId,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDirectoryRoleMembers {
    type Output = List<DirectoryObject>;
    const SPEC: Spec =
        Spec::new("list_directory_role_members", "List directory role members", Effect::Read).scopes(ROLES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryObject>>> {
        Ok(Request::get("/directoryRoles/{role}/members").path_param("role", self.role.0).pages(self.pages.paging()?))
    }
}
