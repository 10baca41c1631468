//! `list_enabled_users`

use connector_sdk::{Action, Context, Count, Effect, List, Pages, Plan, Query, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::USERS_READ;
use crate::vocabulary::{USER_FIELDS, User};

/// List the users who can sign in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 3, "select": ["displayName"] })]))]
pub struct ListEnabledUsers {
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
    /// Whether to count.
    #[serde(flatten)]
    count: Count,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListEnabledUsers {
    type Output = List<User>;
    const SPEC: Spec = Spec::new("list_enabled_users", "List enabled users", Effect::Read).scopes(USERS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<User>>> {
        let select = self.select.names(USER_FIELDS).map(|names| vec![names]);
        let query = Query::default()
            .with_filter("accountEnabled eq true".to_owned())
            .with_select(select)
            .with_count(self.count.asked());
        advanced::list(Request::get("/users"), Some(query), &self.pages)
    }
}
