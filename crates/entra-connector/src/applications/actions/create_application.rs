//! `create_application`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::APPLICATIONS_CREATE;
use crate::vocabulary::{Application, ApplicationContent};

/// Register an application. To let anybody sign in to it, create its service principal too.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "displayName": "Till", "webRedirectUris": ["https://till.contoso.example/auth"], "requiredResourceAccess": [{ "resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [{ "id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope" }] }] })]))]
pub struct CreateApplication {
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: String,
    /// What else is to be set.
    #[serde(flatten)]
    content: ApplicationContent,
    /// A name that no other application has, by which it can be found. It cannot be changed later.
    #[schemars(length(min = 1, max = 120))]
    unique_name: Option<String>,
    /// Other properties of the application, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for CreateApplication {
    type Output = Raw<Application>;
    const SPEC: Spec =
        Spec::new("create_application", "Create application", Effect::Create).scopes(APPLICATIONS_CREATE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Application>>> {
        let fields = Fields::default()
            .with("displayName", Some(self.display_name))
            .and_all(self.content.fields()?)
            .with("uniqueName", self.unique_name)
            .and(self.additional_properties);
        Ok(Request::post("/applications").json(fields).raw())
    }
}
