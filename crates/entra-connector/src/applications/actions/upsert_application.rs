//! `upsert_application`

use connector_sdk::{Action, Context, Effect, Fields, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::APPLICATIONS_WRITE;
use crate::upsert::{Upserted, upsert};
use crate::vocabulary::{Application, ApplicationContent};

/// Change the application of a unique name, or register it where there is none. Repeating it changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "uniqueName": "contoso-portal", "displayName": "Contoso Portal" }), json!({ "uniqueName": "till", "displayName": "Till" })]))]
pub struct UpsertApplication {
    /// The name that no other application has.
    #[schemars(length(min = 1, max = 120))]
    unique_name: String,
    /// The name that is shown.
    #[schemars(length(min = 1, max = 256))]
    display_name: String,
    /// What else is to be set.
    #[serde(flatten)]
    content: ApplicationContent,
    /// Other properties of the application, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpsertApplication {
    type Output = Upserted<Application>;
    const SPEC: Spec = Spec::new("upsert_application", "Create or update application", Effect::Update)
        .scopes(APPLICATIONS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Upserted<Application>>> {
        let fields = Fields::default()
            .with("displayName", Some(self.display_name))
            .and_all(self.content.fields()?)
            .and(self.additional_properties);
        let patch = Request::patch("/applications(uniqueName='{uniqueName}')")
            .path_param("uniqueName", self.unique_name.as_str());
        let look = Request::get("/applications(uniqueName='{uniqueName}')").path_param("uniqueName", self.unique_name);
        Ok(upsert(patch, look, fields))
    }
}
