//! `list_oauth2_grants`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::GRANTS_READ;
use crate::vocabulary::PermissionGrant;

/// List the delegated permissions that apps were granted, for all users or for one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 })]))]
pub struct ListOauth2Grants {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListOauth2Grants {
    type Output = List<PermissionGrant>;
    const SPEC: Spec =
        Spec::new("list_oauth2_grants", "List OAuth2 permission grants", Effect::Read).scopes(GRANTS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<PermissionGrant>>> {
        advanced::list(Request::get("/oauth2PermissionGrants"), self.query, &self.pages)
    }
}
