//! `list_groups`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group};

/// List the groups of the tenant. There is no limit on the number: pages are returned as they arrive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 5 }), json!({ "query": { "filter": "groupTypes/any(type:type eq 'Unified')", "orderby": "displayName", "select": ["displayName"] } })]))]
pub struct ListGroups {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// More properties of each group, besides those that Graph returns by default.
    #[serde(default)]
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    additional_fields: Vec<String>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListGroups {
    type Output = List<Group>;
    const SPEC: Spec = Spec::new("list_groups", "List groups", Effect::Read).scopes(GROUPS_SEE).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Group>>> {
        let mut query = self.query.unwrap_or_default();
        let chosen = Select::new(query.select.take(), Some(self.additional_fields));
        query.select = chosen.names(GROUP_FIELDS).map(|names| names.split(',').map(str::to_owned).collect());
        advanced::list(Request::get("/groups"), Some(query), &self.pages)
    }
}
