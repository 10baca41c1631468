//! `list_role_assignments`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Request, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ROLE_ASSIGNMENTS_READ;
use crate::vocabulary::{ObjectId, RoleAssignment, RoleDefinitionId};

/// List who has which role of the directory, and where. Graph requires one of the two filters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "principalId": "6569c6d8-7044-4734-8fc3-bdac57842471" })]))]
pub struct ListRoleAssignments {
    /// Only what this user, group or service principal has.
    principal_id: Option<ObjectId>,
    /// Only who has this role.
    role_definition_id: Option<RoleDefinitionId>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListRoleAssignments {
    type Output = List<RoleAssignment>;
    const SPEC: Spec =
        Spec::new("list_role_assignments", "List role assignments", Effect::Read).scopes(ROLE_ASSIGNMENTS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<RoleAssignment>>> {
        let principal = self.principal_id.map(|id| format!("principalId eq {}", odata::string(&id.0)));
        let role = self.role_definition_id.map(|id| format!("roleDefinitionId eq {}", odata::string(&id.0)));
        let conditions: Vec<String> = principal.into_iter().chain(role).collect();
        let filter = (!conditions.is_empty()).then(|| conditions.join(" and "));
        Ok(Request::get("/roleManagement/directory/roleAssignments")
            .query_opt("$filter", filter)
            .pages(self.pages.paging()?))
    }
}
