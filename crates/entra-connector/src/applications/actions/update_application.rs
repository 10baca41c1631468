//! `update_application`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Fields, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::{ApplicationContent, ApplicationId, Updated};

/// Change an application. Absent properties stay as they are, null clears a property, and lists are replaced as a
/// whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cef3ea95-4949-4dc0-8add-939233dde095", "displayName": "Kiosks", "signInAudience": "AzureADMultipleOrgs" })]))]
#[schemars(transform = rules::something_beside(&["application", "clearEmptyFields"]))]
pub struct UpdateApplication {
    /// The application.
    application: ApplicationId,
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: Option<String>,
    /// What else is to be set.
    #[serde(flatten)]
    content: ApplicationContent,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the application, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateApplication {
    type Output = Updated;
    const SPEC: Spec =
        Spec::new("update_application", "Update application", Effect::Update).scopes(APPLICATIONS_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        let fields = Fields::default()
            .with("displayName", self.display_name)
            .and_all(self.content.fields()?)
            .and(self.additional_properties)
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        Ok(Request::patch("/applications/{application}")
            .path_param("application", self.application.0)
            .json(fields)
            .idempotent()
            .accepted()
            .map(|_| Updated { updated: true }))
    }
}
