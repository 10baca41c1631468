//! `list_deleted_groups`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::GROUPS_READ;
use crate::vocabulary::Group;

/// List the groups that were deleted in the last 30 days and can be restored. Only Microsoft 365 groups and cloud
/// security groups can.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 })]))]
pub struct ListDeletedGroups {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDeletedGroups {
    type Output = List<Group>;
    const SPEC: Spec = Spec::new("list_deleted_groups", "List deleted groups", Effect::Read).scopes(GROUPS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Group>>> {
        advanced::list(Request::get("/directory/deletedItems/microsoft.graph.group"), self.query, &self.pages)
    }
}
