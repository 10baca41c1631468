//! `list_deleted_users`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::USERS_READ;
use crate::vocabulary::User;

/// List the users that were deleted in the last 30 days and can be restored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 })]))]
pub struct ListDeletedUsers {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDeletedUsers {
    type Output = List<User>;
    const SPEC: Spec = Spec::new("list_deleted_users", "List deleted users", Effect::Read).scopes(USERS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<User>>> {
        advanced::list(Request::get("/directory/deletedItems/microsoft.graph.user"), self.query, &self.pages)
    }
}
