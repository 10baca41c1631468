//! `delete_service_principal`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::ServicePrincipalId;

/// Delete a service principal. The application stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "servicePrincipal": "bf33bd13-d5fb-4e58-8a5f-e3a94105308d" })]))]
pub struct DeleteServicePrincipal {
    /// The service principal.
    service_principal: ServicePrincipalId,
}

impl Action for DeleteServicePrincipal {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_service_principal", "Delete service principal", Effect::Delete)
        .undo("The directory keeps it for 30 days among its deleted items, from where a request to Graph restores it.")
        .scopes(APPLICATIONS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        Ok(Request::delete("/servicePrincipals/{servicePrincipal}")
            .path_param("servicePrincipal", self.service_principal.0)
            .deleted())
    }
}
