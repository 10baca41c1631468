//! `list_service_principals`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::APPLICATIONS_READ;
use crate::vocabulary::ServicePrincipal;

/// List the service principals of the tenant: the apps that can be signed in to here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "query": { "filter": "displayName eq 'Contoso Portal'" } })]))]
pub struct ListServicePrincipals {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListServicePrincipals {
    type Output = List<ServicePrincipal>;
    const SPEC: Spec =
        Spec::new("list_service_principals", "List service principals", Effect::Read).scopes(APPLICATIONS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<ServicePrincipal>>> {
        advanced::list(Request::get("/servicePrincipals"), self.query, &self.pages)
    }
}
