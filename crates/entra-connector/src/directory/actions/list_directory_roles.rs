//! `list_directory_roles`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::ROLES_READ;
use crate::vocabulary::DirectoryRole;

/// List the roles that are active in the tenant. `list_role_definitions` lists all roles.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct ListDirectoryRoles {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDirectoryRoles {
    type Output = List<DirectoryRole>;
    const SPEC: Spec =
        Spec::new("list_directory_roles", "List directory roles", Effect::Read).scopes(ROLES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<DirectoryRole>>> {
        advanced::list_small(Request::get("/directoryRoles"), self.query, &self.pages)
    }
}
