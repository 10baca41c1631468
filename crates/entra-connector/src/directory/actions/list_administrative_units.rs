//! `list_administrative_units`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::UNITS_READ;
use crate::vocabulary::AdministrativeUnit;

/// List the administrative units of the tenant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "limit": 10 })]))]
pub struct ListAdministrativeUnits {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListAdministrativeUnits {
    type Output = List<AdministrativeUnit>;
    const SPEC: Spec =
        Spec::new("list_administrative_units", "List administrative units", Effect::Read).scopes(UNITS_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<AdministrativeUnit>>> {
        advanced::list(Request::get("/directory/administrativeUnits"), self.query, &self.pages)
    }
}
