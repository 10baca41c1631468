//! `get_service_principal`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_READ;
use crate::vocabulary::{ServicePrincipal, ServicePrincipalId};

/// Get a service principal by its object id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "servicePrincipal": "bf33bd13-d5fb-4e58-8a5f-e3a94105308d" })]))]
pub struct GetServicePrincipal {
    /// The service principal.
    service_principal: ServicePrincipalId,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetServicePrincipal {
    type Output = Raw<ServicePrincipal>;
    const SPEC: Spec =
        Spec::new("get_service_principal", "Get service principal", Effect::Read).scopes(APPLICATIONS_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ServicePrincipal>>> {
        let request = Request::get("/servicePrincipals/{servicePrincipal}")
            .path_param("servicePrincipal", self.service_principal.0);
        Ok(request.query_opt("$select", self.select.names(&[])).raw())
    }
}
