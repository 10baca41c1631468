//! `list_applications`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::APPLICATIONS_READ;
use crate::vocabulary::Application;

/// List the applications that are registered in the tenant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 5 })]))]
pub struct ListApplications {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListApplications {
    type Output = List<Application>;
    const SPEC: Spec =
        Spec::new("list_applications", "List applications", Effect::Read).scopes(APPLICATIONS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Application>>> {
        advanced::list(Request::get("/applications"), self.query, &self.pages)
    }
}
