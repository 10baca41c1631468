//! `list_role_definitions`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::ROLE_DEFINITIONS_READ;
use crate::vocabulary::RoleDefinition;

/// List the roles of the directory that there are, built in and custom.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 5 })]))]
pub struct ListRoleDefinitions {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListRoleDefinitions {
    type Output = List<RoleDefinition>;
    const SPEC: Spec =
        Spec::new("list_role_definitions", "List role definitions", Effect::Read).scopes(ROLE_DEFINITIONS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<RoleDefinition>>> {
        advanced::list_small(Request::get("/roleManagement/directory/roleDefinitions"), self.query, &self.pages)
    }
}
