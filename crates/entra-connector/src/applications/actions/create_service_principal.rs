//! `create_service_principal`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::ServicePrincipal;

/// Create the service principal of an application, so that users can sign in to it in this tenant. The action waits for
/// an application that was just registered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "appId": "29244802-ea6b-4149-8458-32cf68076237" })]))]
pub struct CreateServicePrincipal {
    /// The client id of the application.
    #[schemars(extend("format" = "uuid"))]
    app_id: String,
    /// Other properties of the service principal, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for CreateServicePrincipal {
    type Output = Raw<ServicePrincipal>;
    const SPEC: Spec = Spec::new("create_service_principal", "Create service principal", Effect::Create)
        .scopes(APPLICATIONS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ServicePrincipal>>> {
        let fields = Fields::default().with("appId", Some(self.app_id.as_str())).and(self.additional_properties);
        Ok(Request::post("/servicePrincipals").json(fields).expect_lag(self.app_id).raw())
    }
}
