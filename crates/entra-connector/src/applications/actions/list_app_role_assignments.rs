//! `list_app_role_assignments`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ASSIGNMENTS_READ;
use crate::vocabulary::{AppRoleAssignment, UserId};

/// List the roles of apps that a user was given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "user": "adelev@contoso.example" })]))]
pub struct ListAppRoleAssignments {
    /// The user.
    user: UserId,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListAppRoleAssignments {
    type Output = List<AppRoleAssignment>;
    const SPEC: Spec = Spec::new("list_app_role_assignments", "List app role assignments", Effect::Read)
        .scopes(ASSIGNMENTS_READ)
        .list();

    fn plan(self, _: &Context) -> Result<Plan<List<AppRoleAssignment>>> {
        Ok(Request::get("/users/{user}/appRoleAssignments").path_param("user", self.user.0).pages(self.pages.paging()?))
    }
}
