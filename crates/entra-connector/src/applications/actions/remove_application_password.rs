//! `remove_application_password`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::APPLICATIONS_WRITE;
use crate::vocabulary::ApplicationId;

/// Remove a secret from an application. Clients that use it can no longer sign in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "application": "cb9c3936-5b78-460a-8504-ffd62f945da4", "keyId": "09c896f1-8c09-428f-8224-d875ed4e7fbc" })]))]
pub struct RemoveApplicationPassword {
    /// The application.
    application: ApplicationId,
    /// The id of the secret.
    #[schemars(extend("format" = "uuid"))]
    key_id: String,
}

impl Action for RemoveApplicationPassword {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("remove_application_password", "Remove application password", Effect::Delete)
        .scopes(APPLICATIONS_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let request =
            Request::post("/applications/{application}/removePassword").path_param("application", self.application.0);
        Ok(request.json(json!({ "keyId": self.key_id })).deleted())
    }
}
