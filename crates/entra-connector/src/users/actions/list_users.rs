//! `list_users`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, ScopeCase, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::basic;
use crate::permissions::{USERS_READ, USERS_SEE};
use crate::vocabulary::{USER_FIELDS, User};

/// List the users of the tenant. There is no limit on the number: pages are returned as they arrive. Properties beyond
/// the basic ones need User.Read.All.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 5, "query": { "filter": "startsWith(displayName,'A')" } }), json!({ "additionalFields": ["department"], "query": { "filter": "department ne 'Sales'", "orderby": "displayName" }, "fetchAll": true })]))]
pub struct ListUsers {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// More properties of each user, besides those that Graph returns by default.
    #[serde(default)]
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    additional_fields: Vec<String>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListUsers {
    type Output = List<User>;
    const SPEC: Spec = Spec::new("list_users", "List users", Effect::Read)
        .scopes(USERS_SEE)
        .cases(&[ScopeCase::instead("`query` or `additionalFields` names more than the basic properties", USERS_READ)])
        .list();

    fn plan(self, _: &Context) -> Result<Plan<List<User>>> {
        let mut query = self.query.unwrap_or_default();
        let chosen = Select::new(query.select.take(), Some(self.additional_fields));
        query.select = chosen.names(USER_FIELDS).map(|names| names.split(',').map(str::to_owned).collect());
        advanced::list(basic::permit_list(Request::get("/users"), &query), Some(query), &self.pages)
    }
}
