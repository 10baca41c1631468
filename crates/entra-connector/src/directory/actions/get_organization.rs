//! `get_organization`

use connector_sdk::{Action, Context, Effect, Error, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::TENANT_READ;
use crate::vocabulary::Organization;

/// Get the tenant: its name, domains and address.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "select": ["id", "displayName"] })]))]
pub struct GetOrganization {
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetOrganization {
    type Output = Raw<Organization>;
    const SPEC: Spec = Spec::new("get_organization", "Get organisation", Effect::Read).scopes(TENANT_READ);

    fn plan(self, _: &Context) -> Result<Plan<Raw<Organization>>> {
        let request = Request::get("/organization").query_opt("$select", self.select.names(&[]));
        Ok(request
            .first_item()
            .try_map(|first| first.map(Raw::new).ok_or_else(|| Error::protocol("Graph returned no tenant"))))
    }
}
