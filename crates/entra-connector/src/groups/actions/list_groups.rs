//! `list_groups`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::{GROUP_FIELDS, Group};

/// List the groups of the tenant. Any number can be read: they are handed on as their pages arrive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 5 }), json!({ "query": { "filter": "groupTypes/any(type:type eq 'Unified')", "orderby": "displayName", "select": ["displayName"] } })]))]
pub struct ListGroups {
    /// OData query options. What only the index of the directory answers is asked of it by itself.
    query: Option<Query>,
    /// These properties besides those that come anyway, for what Graph returns of a group only when it is asked.
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
        let chosen = Select { select: query.select.take(), additional_fields: Some(self.additional_fields) };
        query.select = chosen.names(GROUP_FIELDS).map(|names| names.split(',').map(str::to_owned).collect());
        advanced::list(Request::get("/groups"), Some(query), &self.pages)
    }
}
